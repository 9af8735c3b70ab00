import { NestFactory } from '@nestjs/core';
import { connectRedisFlow } from 'nestjs-redis-flow';
import { AppModule } from './app.module.js';

const { PORT = '3000' } = process.env;

const app = await NestFactory.create(AppModule);
connectRedisFlow(app);
app.enableShutdownHooks();
await app.startAllMicroservices();
await app.listen(PORT);
