const express = require('express');
const users = require('./users.routes');
const { orders } = require('./orders.routes');

const router = express.Router();
const all = [
  { path: '/users', route: users },
  { path: '/orders', route: orders },
];
all.forEach((one) => {
  router.use(one.path, one.route);
});
module.exports = router;
