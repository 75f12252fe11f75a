// A certified OpenID Connect provider, run as a process of its own: node provider.mjs ISSUER SITE
// Anybody who types a name there is that person; the address is NAME@example.org, and verified.
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [issuer, site] = process.argv.slice(2);
const provider = new Provider(issuer, {
  clients: [{
    client_id: "obrady",
    client_secret: "a secret between the two of them",
    redirect_uris: [`${site}/pl/wejscie/dostawca/powrot`, `${site}/en/enter/provider/return`],
    grant_types: ["authorization_code"],
    response_types: ["code"],
  }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  pkce: { required: () => true },
  cookies: { keys: ["signs the provider's own cookies"] },
  findAccount: async (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: true, name: id }),
  }),
});

const { hostname, port } = new URL(issuer);
createServer(provider.callback()).listen(Number(port), hostname, () => console.log("ready"));
