// SPDX-License-Identifier: GPL-3.0-or-later
// The reference client, for `connect`: each line on stdin is one dial to hello-ok; its ms are the answer.
// Usage: node reference-client.mjs FOLDER_WITH_NODE_MODULES URL
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import crypto from 'node:crypto';
import readline from 'node:readline';

const [folder, url] = process.argv.slice(2);
const require = createRequire(folder + '/package.json');
const { GatewayClient } = await import(pathToFileURL(require.resolve('@openclaw/gateway-client')));

const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
const deviceIdentity = {
  deviceId: crypto.createHash('sha256').update(raw).digest('hex'),
  publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }),
  privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
};
const deps = {
  signDevicePayload: (pem, payload) => crypto.sign(null, Buffer.from(payload), crypto.createPrivateKey(pem)).toString('base64url'),
  publicKeyRawBase64UrlFromPem: (pem) => crypto.createPublicKey(pem).export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64url'),
  loadDeviceAuthToken: () => null, storeDeviceAuthToken: () => {}, clearDeviceAuthToken: () => {},
  logDebug: () => {}, logError: () => {}, redactForLog: (text) => text,
};

const dial = () => new Promise((resolve, reject) => {
  const start = performance.now();
  const client = new GatewayClient({
    url, deviceIdentity, hostDeps: deps, clientName: 'gateway-client', mode: 'ui', platform: 'linux', clientVersion: '0.1.0',
    role: 'operator', scopes: ['operator.read', 'operator.write', 'operator.approvals'], minProtocol: 3, maxProtocol: 4,
    onHelloOk: () => { const ms = performance.now() - start; client.stop(); resolve(ms); },
    onConnectError: reject,
  });
  client.start();
});

for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line === 'quit') break;
  try { console.log((await dial()).toFixed(3)); } catch (error) { console.log('error ' + error.message); }
}
process.exit(0);
