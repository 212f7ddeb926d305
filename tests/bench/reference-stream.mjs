// SPDX-License-Identifier: GPL-3.0-or-later
// The reference client, for `timeline`: each line on stdin is answered with "ok" at once, and with the ms of CPU it took
// when the reply that follows is complete.
// Usage: node reference-stream.mjs FOLDER_WITH_NODE_MODULES URL
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

let before = process.cpuUsage();
const client = new GatewayClient({
  url, deviceIdentity, hostDeps: deps, clientName: 'gateway-client', mode: 'ui', platform: 'linux', clientVersion: '0.1.0',
  role: 'operator', scopes: ['operator.read', 'operator.write', 'operator.approvals'], minProtocol: 3, maxProtocol: 4,
  onHelloOk: () => console.log('ready'),
  onConnectError: (error) => { console.log('error ' + error.message); process.exit(1); },
  onEvent: (event) => {
    if (event.event !== 'chat' || event.payload.state !== 'final') return;
    const used = process.cpuUsage(before);
    console.log(((used.user + used.system) / 1000).toFixed(3));
  },
});
client.start();

for await (const line of readline.createInterface({ input: process.stdin })) {
  console.log('ok');
  before = process.cpuUsage();
}
process.exit(0);
