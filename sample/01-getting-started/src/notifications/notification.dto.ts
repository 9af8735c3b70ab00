import { IsNotEmpty, IsString } from 'class-validator';

export class NotificationDto {
  @IsString()
  @IsNotEmpty()
  userId!: string;

  @IsString()
  text!: string;
}
