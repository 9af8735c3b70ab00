import { IsNotEmpty, IsString } from 'class-validator';

export class NoteDto {
  @IsString()
  @IsNotEmpty()
  text!: string;
}
