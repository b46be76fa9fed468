const { Router } = require('express');

const router = Router();
router.get('/', (req, res) => res.end());
router.patch('/settings/:key', (req, res) => res.end());

const unmounted = Router();
unmounted.get('/never', (req, res) => res.end());

exports.router = router;
