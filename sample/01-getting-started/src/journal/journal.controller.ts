import { Controller, Get } from '@nestjs/common';
import { Journal, type JournalEntry } from './journal.js';

@Controller('journal')
export class JournalController {
  constructor(private readonly journal: Journal) {}

  @Get()
  read(): readonly JournalEntry[] {
    return this.journal.entries;
  }
}
