import { Controller, Get, Header } from '@nestjs/common';
import { PAGE } from './page.js';

@Controller()
export class PageController {
  @Get()
  @Header('content-type', 'text/html')
  show(): string {
    return PAGE;
  }
}
