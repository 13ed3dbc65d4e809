// An OpenID provider for tests and demonstrations: real protocol, no passwords. Whoever types a
// known login is that account. It listens on 127.0.0.1 only and forgets everything when it ends.
//
//   node oidc-provider.mjs --redirect-uri http://127.0.0.1:8080/auth/callback [options]
//
//   --port N               OIDC_PORT                      0 = any free port (default)
//   --client-id ID         OIDC_CLIENT_ID                 default `onedoor`
//   --client-secret TEXT   OIDC_CLIENT_SECRET             default: made up, and printed
//   --redirect-uri URL     OIDC_REDIRECT_URI              required
//   --logout-uri URL       OIDC_LOGOUT_URI                where sign-out may return to (optional)
//   --accounts JSON        OIDC_ACCOUNTS                  {"login": {claims}}, or @file
//   --sso                  OIDC_SSO=1                     keep the session; without it, each
//                                                         sign-in shows the form
//   --until-stdin-ends     OIDC_UNTIL_STDIN_ENDS=1        stop when stdin is closed
//   --forge HOW            OIDC_FORGE                     spoil each ID token on its way out:
//                                                         signature, issuer, audience, nonce,
//                                                         expiry, none (no signature at all)
//   --verbose              OIDC_VERBOSE=1                 let the library speak (on stderr)
//
// Prints `LISTENING <issuer>` on stdout when ready. Exit status 2 on wrong arguments.

import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

/** Claims of scope `onedoor`; all of them go into the id_token. */
const CLAIMS = ['name', 'email', 'agency', 'unit', 'role', 'acr', 'locale', 'pid'];
const DEFAULT_ACR = 'idporten-loa-high';

const settings = readSettings();
const accounts = readAccounts(settings.accounts);

// The library's notices are about production; stdout belongs to LISTENING.
const speak = settings.verbose ? console.error : () => {};
console.info = speak;
console.warn = speak;
// Loaded only now: it speaks while loading, too (about any Node.js older than its favourite).
const { default: Provider } = await import('oidc-provider');

const server = createServer();
server.on('error', (error) => {
  process.stderr.write(`oidc-provider: ${error.message}\n`);
  process.exit(1);
});
server.listen(settings.port, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = makeProvider(issuer);
  const standard = provider.callback();
  server.on('request', (request, response) => {
    const { pathname } = new URL(request.url, issuer);
    if (!settings.sso && /^\/auth(\/|$)/.test(pathname)) forgetSession(request);
    if (settings.forge && pathname === '/token') forgeAnswer(response, settings.forge);
    if (pathname.startsWith('/interaction/')) {
      interact(provider, request, response).catch((error) => fail(response, error));
    } else {
      standard(request, response);
    }
  });
  if (settings.secretIsMadeUp) process.stdout.write(`SECRET ${settings.secret}\n`);
  process.stdout.write(`LISTENING ${issuer}\n`);
});

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
if (settings.untilStdinEnds) {
  process.stdin.on('end', () => process.exit(0));
  process.stdin.resume();
}

// ------------------------------------------------------------------ settings

function usage(message) {
  process.stderr.write(`oidc-provider: ${message}\n`);
  process.exit(2);
}

function readSettings() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        port: { type: 'string' },
        'client-id': { type: 'string' },
        'client-secret': { type: 'string' },
        'redirect-uri': { type: 'string' },
        'logout-uri': { type: 'string' },
        accounts: { type: 'string' },
        sso: { type: 'boolean' },
        'until-stdin-ends': { type: 'boolean' },
        forge: { type: 'string' },
        verbose: { type: 'boolean' },
      },
    }));
  } catch (error) {
    usage(error.message);
  }
  const { env } = process;
  const flag = (value, name) => value ?? !['', '0', 'false'].includes(env[name] ?? '');

  const port = Number(values.port ?? env.OIDC_PORT ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65535) usage('--port is no port number');
  const redirectUri = values['redirect-uri'] ?? env.OIDC_REDIRECT_URI;
  if (!redirectUri) usage('--redirect-uri or OIDC_REDIRECT_URI is required');
  const given = values['client-secret'] ?? env.OIDC_CLIENT_SECRET;
  return {
    port,
    clientId: values['client-id'] ?? env.OIDC_CLIENT_ID ?? 'onedoor',
    secret: given || randomBytes(32).toString('hex'),
    secretIsMadeUp: !given,
    redirectUri,
    logoutUri: values['logout-uri'] ?? env.OIDC_LOGOUT_URI,
    accounts: values.accounts ?? env.OIDC_ACCOUNTS,
    forge: values.forge ?? env.OIDC_FORGE ?? '',
    sso: flag(values.sso, 'OIDC_SSO'),
    untilStdinEnds: flag(values['until-stdin-ends'], 'OIDC_UNTIL_STDIN_ENDS'),
    verbose: flag(values.verbose, 'OIDC_VERBOSE'),
  };
}

function readAccounts(text) {
  if (!text) usage('--accounts or OIDC_ACCOUNTS is required: {"login": {claims}}');
  let parsed;
  try {
    parsed = JSON.parse(text.startsWith('@') ? readFileSync(text.slice(1), 'utf8') : text);
  } catch (error) {
    usage(`the accounts cannot be read: ${error.message}`);
  }
  const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject(parsed)) usage('the accounts are no JSON object');
  const known = new Map();
  const subjects = new Set();
  for (const [login, claims] of Object.entries(parsed)) {
    if (!isObject(claims)) usage(`the claims of ${login} are no JSON object`);
    const full = { acr: DEFAULT_ACR, ...claims, sub: String(claims.sub ?? login) };
    if (typeof full.acr !== 'string' || full.acr === '') usage(`the acr of ${login} is empty`);
    if (subjects.has(full.sub)) usage(`two accounts have the sub ${full.sub}`);
    subjects.add(full.sub);
    known.set(login, full);
  }
  if (known.size === 0) usage('there is no account');
  return known;
}

// ------------------------------------------------------------------ provider

let privateKey;

function makeProvider(issuer) {
  ({ privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 }));
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'RS256' };

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: settings.clientId,
        client_secret: settings.secret,
        redirect_uris: [settings.redirectUri],
        post_logout_redirect_uris: settings.logoutUri ? [settings.logoutUri] : [],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    acrValues: [...new Set([...accounts.values()].map((claims) => claims.acr))],
    claims: {
      openid: ['sub'],
      profile: ['name', 'locale'],
      email: ['email'],
      onedoor: CLAIMS,
    },
    scopes: ['openid', 'profile', 'email', 'onedoor'],
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    jwks: { keys: [key] },
    cookies: {
      keys: [randomBytes(32).toString('hex')],
      // Cookies know no ports: names that the application on the same host will not use.
      names: { interaction: 'op_interaction', resume: 'op_resume', session: 'op_session' },
    },
    ttl: {
      AccessToken: 300,
      AuthorizationCode: 60,
      Grant: 3600,
      IdToken: 300,
      Interaction: 600,
      Session: 3600,
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount(_ctx, id) {
      const claims = [...accounts.values()].find((candidate) => candidate.sub === id);
      return claims && { accountId: id, claims: async () => claims };
    },
    // Consent at once: every sign-in gets the grant it asks for.
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      });
      grant.addOIDCScope(ctx.oidc.params.scope ?? 'openid');
      grant.addOIDCClaims([...CLAIMS]);
      await grant.save();
      return grant;
    },
  });
  provider.on('server_error', (_ctx, error) => {
    process.stderr.write(`oidc-provider: ${error.stack}\n`);
  });
  return provider;
}

/** Spoils the ID token in an answer of the token endpoint. */
function forgeAnswer(response, how) {
  const end = response.end.bind(response);
  response.end = (body, ...rest) => {
    let answer;
    try {
      answer = JSON.parse(String(body));
    } catch {
      return end(body, ...rest);
    }
    if (answer.id_token) answer.id_token = forgeToken(answer.id_token, how);
    const text = JSON.stringify(answer);
    response.setHeader('Content-Length', Buffer.byteLength(text));
    return end(text, ...rest);
  };
}

/** All but `signature` and `none` are signed properly: only the claim is wrong. */
function forgeToken(token, how) {
  const parts = token.split('.');
  const read = (part) => JSON.parse(Buffer.from(part, 'base64url').toString());
  const write = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  let header = read(parts[0]);
  const claims = read(parts[1]);
  if (how === 'issuer') claims.iss = 'https://elsewhere.example';
  if (how === 'audience') claims.aud = 'somebody-else';
  if (how === 'nonce') claims.nonce = 'another';
  if (how === 'expiry') claims.exp = claims.iat - 3600;
  if (how === 'signature') claims.acr = 'idporten-loa-high';
  if (how === 'none') header = { alg: 'none', typ: 'JWT' };
  const signed = `${write(header)}.${write(claims)}`;
  if (how === 'none') return `${signed}.`;
  if (how === 'signature') return `${signed}.${parts[2]}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`;
}

/** Takes the provider's session out of a request, so that each sign-in starts with the form. */
function forgetSession(request) {
  const cookies = (request.headers.cookie ?? '').split(/;\s*/);
  request.headers.cookie = cookies.filter((pair) => !pair.startsWith('op_session')).join('; ');
}

// ------------------------------------------------------------------ the form

async function interact(provider, request, response) {
  const details = await provider.interactionDetails(request, response);
  if (details.prompt.name !== 'login') throw new Error(`prompt ${details.prompt.name}`);

  if (request.method === 'GET') {
    page(response, 200, details.params.login_hint ?? '');
    return;
  }
  if (request.method !== 'POST') {
    response.writeHead(405, { Allow: 'GET, POST' }).end();
    return;
  }
  const login = (new URLSearchParams(await body(request)).get('login') ?? '').trim();
  const claims = accounts.get(login);
  if (claims === undefined) {
    page(response, 400, login, 'No such login.');
    return;
  }
  await provider.interactionFinished(request, response, {
    login: { accountId: claims.sub, acr: claims.acr, amr: ['test'], remember: false },
  });
}

async function body(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > 10_000) throw new Error('too long');
  }
  return text;
}

function page(response, status, login, error = '') {
  const safe = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
  const options = [...accounts.keys()].map((name) => `<option value="${safe(name)}">`).join('');
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
  });
  response.end(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Test sign-in</title>
</head>
<body>
<main>
<h1>Test sign-in</h1>
${error && `<p role="alert" id="error">${safe(error)}</p>`}
<form method="post">
<p><label for="login">Login</label>
<input id="login" name="login" value="${safe(login)}" list="logins" autocomplete="off" required autofocus></p>
<datalist id="logins">${options}</datalist>
<p><button type="submit">Sign in</button></p>
</form>
</main>
</body>
</html>
`);
}

function fail(response, error) {
  if (response.headersSent) return response.destroy();
  const text = error.name === 'SessionNotFound' ? 'This sign-in has ended.' : error.message;
  response.writeHead(400, { 'Content-Type': 'text/plain; charset=utf-8' });
  return response.end(`${text}\n`);
}
