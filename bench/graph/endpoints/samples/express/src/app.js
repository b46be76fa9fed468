const express = require('express');
const { requireAuth } = require('./auth');
const health = require('./health');

const app = express();
const PREFIX = '/api';

app.set('title', 'sample');
app.get('title');
app.use(express.json());
app.get('/health', health.show);
app.get(['/about', '/info'], (req, res) => res.send('about'));
app.use(`${PREFIX}/v1`, require('./routes'));
app.use('/admin', requireAuth, require('./admin').router);
require('./legacy')(app);
app.all('/any', (req, res) => res.end());

function addLate(server, base) {
  server.delete(base + '/late', requireAuth, health.show);
}
addLate(app, '/x');

module.exports = app;
