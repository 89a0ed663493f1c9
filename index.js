// n8n reads the nodes and credentials from the "n8n" key of package.json; the entry point itself has nothing to offer.
module.exports = {};
