import type { Router } from 'express';

export interface Routes {
  router: Router;
}
