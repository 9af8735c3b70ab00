import { Type } from 'class-transformer';
import { IsIn, IsNotEmpty, IsOptional, IsPositive, IsString } from 'class-validator';

export class OrderDto {
  @IsString()
  @IsNotEmpty()
  orderId!: string;

  /** The fields of an entry that redis-cli wrote are text: "9.5" becomes 9.5. */
  @Type(() => Number)
  @IsPositive()
  amount!: number;

  /** How the bank takes it: see `Bank`. */
  @IsOptional()
  @IsIn(['good', 'flaky', 'broken'])
  card?: 'good' | 'flaky' | 'broken';
}
