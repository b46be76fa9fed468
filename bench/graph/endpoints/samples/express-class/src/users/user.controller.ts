import type { Request, Response } from 'express';

export class UserController {
  list = (_req: Request, res: Response): void => void res.json([]);

  one(_req: Request, res: Response): void {
    res.json({});
  }
}
