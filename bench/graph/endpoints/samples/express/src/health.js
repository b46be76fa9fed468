module.exports = {
  show(req, res) {
    res.json({ ok: true });
  },
};
