import { IsNotEmpty, IsOptional, IsString } from 'class-validator';

export class EmailDto {
  @IsString()
  @IsNotEmpty()
  to!: string;

  @IsOptional()
  @IsString()
  subject?: string;
}
