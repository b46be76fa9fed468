import { Router } from 'express';
import type { Routes } from '../routes.interface.js';
import { UserController } from './user.controller.js';

export class UserRoutes implements Routes {
  public path = '/users';
  public router = Router();
  private readonly controller = new UserController();

  constructor() {
    this.initialise();
  }

  private initialise(): void {
    this.router.get(`${this.path}`, this.controller.list);
    this.router.get(`${this.path}/:id`, this.controller.one.bind(this.controller));
    this.router.post(this.path, (req, res) => void res.end());
  }
}
