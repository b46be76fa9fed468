const express = require('express');
const { requireAuth } = require('../auth');
const controller = require('./users.controller');

const router = express.Router();
router.route('/').get(controller.list).post(requireAuth, controller.create);
router.get('/:id', controller.one);
router.use('/:id/notes', notesRouter());

function notesRouter() {
  const notes = express.Router({ mergeParams: true });
  notes.get('/', controller.notes);
  return notes;
}
module.exports = router;
