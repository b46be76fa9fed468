module.exports = function (app) {
  app.get('/old/:id', function old(req, res) {
    res.end();
  });
  app.route('/old').post((req, res) => res.end()).put((req, res) => res.end());
};
