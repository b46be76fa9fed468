exports.list = (req, res) => res.end();
exports.create = (req, res) => res.end();
exports.one = (req, res) => res.end();
exports.notes = (req, res) => res.end();
