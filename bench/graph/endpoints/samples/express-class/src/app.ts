import express, { type Application } from 'express';
import { UserRoutes } from './users/user.routes.js';
import type { Routes } from './routes.interface.js';

export class App {
  public readonly app: Application = express();

  constructor(routes: Routes[]) {
    this.addMiddleware();
    this.addRoutes(routes);
  }

  private addMiddleware(): void {
    this.app.use(express.json());
  }

  private addRoutes(routes: Routes[]): void {
    routes.forEach((route) => {
      this.app.use('/api', route.router);
    });
    this.app.get('/version', (_req, res) => void res.json({ version: 1 }));
  }
}

export const server = new App([new UserRoutes()]);
