//! OpenID Connect: authorisation code with PKCE, discovery, verified ID token.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{CoreClient, CoreProviderMetadata, CoreResponseType};
use openidconnect::{
    AuthenticationContextClass, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret,
    CsrfToken, HttpRequest, HttpResponse, IssuerUrl, LanguageTag, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};
use thiserror::Error;
use tokio::sync::RwLock;

use crate::app::StartFault;
use crate::config::{Claims, Residents, SignIn, read_file};

/// An identity provider: of the staff, or of the residents.
#[derive(Clone)]
pub struct Provider(Arc<Parts>);

struct Parts {
    set_up: SignIn,
    /// The levels of assurance that are asked for.
    acr: Vec<String>,
    tells_language: bool,
    secret: ClientSecret,
    http: reqwest::Client,
    metadata: RwLock<Option<CoreProviderMetadata>>,
}

/// Why signing in at the provider failed.
#[derive(Debug, Error)]
pub enum ProviderFault {
    /// The provider does not answer or answers wrongly.
    #[error("the identity provider: {0}")]
    Away(String),
    /// What came back does not verify.
    #[error("the answer does not verify: {0}")]
    Refused(String),
}

#[derive(Debug, Error)]
enum HookFault {
    #[error(transparent)]
    Reqwest(#[from] reqwest::Error),
    #[error(transparent)]
    Http(#[from] http::Error),
}

/// Where to send the browser, and what to remember until it is back.
pub(super) struct Start {
    pub(super) url: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

/// What a verified ID token says.
pub(super) struct Identity {
    pub(super) subject: String,
    pub(super) claims: serde_json::Value,
}

impl Identity {
    /// A claim as text.
    pub(super) fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(serde_json::Value::as_str)
    }
}

async fn send(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, HookFault> {
    let answer = client.execute(request.try_into()?).await?;
    let mut response = http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    Ok(response.body(answer.bytes().await?.to_vec())?)
}

/// Chooses the cryptography of outgoing TLS for this process. A second choice
/// of the same is no fault: tests start several servers in one process.
pub fn install_crypto() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

impl Provider {
    /// Reads the secret. The provider itself is asked at the first sign-in, so
    /// that the server starts without it.
    ///
    /// # Errors
    /// When the secret's file cannot be read.
    pub fn new(set_up: &SignIn) -> Result<Self, StartFault> {
        Self::with(set_up.clone(), Vec::new(), false)
    }

    /// The provider of the residents. It is asked for the levels of assurance
    /// that the set-up lists.
    ///
    /// # Errors
    /// When the secret's file cannot be read.
    pub fn residents(set_up: &Residents) -> Result<Self, StartFault> {
        let acr = [set_up.acr_high.as_slice(), set_up.acr_substantial.as_slice()].concat();
        let sign_in = SignIn {
            issuer: set_up.issuer.clone(),
            client_id: set_up.client_id.clone(),
            client_secret_file: set_up.client_secret_file.clone(),
            scopes: set_up.scopes.clone(),
            claims: Claims::default(),
        };
        Self::with(sign_in, acr, set_up.tell_language)
    }

    fn with(set_up: SignIn, acr: Vec<String>, tells_language: bool) -> Result<Self, StartFault> {
        let secret = read_file(&set_up.client_secret_file)?;
        let secret = String::from_utf8_lossy(&secret).trim().to_owned();
        install_crypto();
        let http = reqwest::Client::builder()
            // Following redirects here would let a provider send us anywhere.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(10))
            .build()
            .map_err(|error| StartFault::Provider(error.to_string()))?;
        Ok(Self(Arc::new(Parts {
            set_up,
            acr,
            tells_language,
            secret: ClientSecret::new(secret),
            http,
            metadata: RwLock::new(None),
        })))
    }

    /// The set-up.
    #[must_use]
    pub fn set_up(&self) -> &SignIn {
        &self.0.set_up
    }

    /// Asks the provider for its discovery document and keys.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn discover(&self) -> Result<CoreProviderMetadata, ProviderFault> {
        if let Some(known) = self.0.metadata.read().await.as_ref() {
            return Ok(known.clone());
        }
        let issuer = IssuerUrl::new(self.0.set_up.issuer.clone())
            .map_err(|error| ProviderFault::Away(error.to_string()))?;
        let http = self.0.http.clone();
        let hook = move |request| send(http.clone(), request);
        let found = CoreProviderMetadata::discover_async(issuer, &hook)
            .await
            .map_err(|error| ProviderFault::Away(error.to_string()))?;
        *self.0.metadata.write().await = Some(found.clone());
        Ok(found)
    }

    /// Begins a sign-in.
    pub(super) async fn start(
        &self,
        redirect: &str,
        language: &str,
    ) -> Result<Start, ProviderFault> {
        let metadata = self.discover().await?;
        let redirect = RedirectUrl::new(redirect.to_owned())
            .map_err(|error| ProviderFault::Away(error.to_string()))?;
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(self.0.set_up.client_id.clone()),
            Some(self.0.secret.clone()),
        )
        .set_redirect_uri(redirect);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge);
        for scope in &self.0.set_up.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        for acr in &self.0.acr {
            request = request.add_auth_context_value(AuthenticationContextClass::new(acr.clone()));
        }
        if self.0.tells_language {
            request = request.add_ui_locale(LanguageTag::new(language.to_owned()));
        }
        let (url, state, nonce) = request.url();
        Ok(Start {
            url: url.to_string(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        })
    }

    /// Ends a sign-in: changes the code for an ID token and verifies it.
    pub(super) async fn finish(
        &self,
        redirect: &str,
        code: String,
        verifier: String,
        nonce: String,
    ) -> Result<Identity, ProviderFault> {
        let metadata = self.discover().await?;
        let refused = |error: &dyn std::fmt::Display| ProviderFault::Refused(error.to_string());
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|e| refused(&e))?;
        let client = CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(self.0.set_up.client_id.clone()),
            Some(self.0.secret.clone()),
        )
        .set_redirect_uri(redirect);
        let http = self.0.http.clone();
        let hook = move |request| send(http.clone(), request);
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|e| refused(&e))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&hook)
            .await
            .map_err(|e| refused(&e))?;
        let token = tokens
            .id_token()
            .ok_or_else(|| ProviderFault::Refused("no ID token came back".into()))?;
        let claims = match token.claims(&client.id_token_verifier(), &Nonce::new(nonce)) {
            Ok(claims) => claims,
            Err(error) => {
                // The provider may have changed its keys: ask anew next time.
                *self.0.metadata.write().await = None;
                return Err(refused(&error));
            }
        };
        Ok(Identity { subject: claims.subject().to_string(), claims: payload(&token.to_string())? })
    }
}

/// The claims of a token that has just been verified, as the provider wrote
/// them: the library's own type knows only the standard ones.
fn payload(token: &str) -> Result<serde_json::Value, ProviderFault> {
    let part = token.split('.').nth(1).unwrap_or_default();
    let bytes =
        URL_SAFE_NO_PAD.decode(part).map_err(|error| ProviderFault::Refused(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| ProviderFault::Refused(error.to_string()))
}
