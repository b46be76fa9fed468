const { Router } = require('express');
const orders = Router();
const cache = new Map();
orders.get('/:id', (req, res) => res.json(cache.get('/not-a-route')));
orders.head('/:id', (req, res) => res.end());
exports.orders = orders;
