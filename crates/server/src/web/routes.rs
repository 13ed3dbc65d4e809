//! The register of routes: what is reached where, by whom, in which face.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, on};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::app::App;

/// Who may reach a route at all. What they then see is a matter of permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Anyone: sign-in, health, style sheet.
    Public,
    /// Whoever is signed in, with a permit for each thing.
    SignedIn,
    /// Those who are served, at their own page; nobody else.
    Own,
}

/// The schema of a body, by name, with those it refers to.
#[derive(Clone)]
pub struct Shape {
    /// Its name.
    pub name: String,
    /// The schema.
    pub schema: RefOr<Schema>,
    /// Schemas that it refers to.
    pub parts: Vec<(String, RefOr<Schema>)>,
}

/// The shape of `T`.
#[must_use]
pub(super) fn shape<T: ToSchema + PartialSchema>() -> Shape {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    Shape { name: T::name().into_owned(), schema: T::schema(), parts }
}

/// One route.
#[derive(Clone)]
pub struct Route {
    /// GET or POST.
    pub method: &'static str,
    /// The path, without `/api/v1`.
    pub path: &'static str,
    /// Who may reach it.
    pub door: Door,
    /// What it is for, in a few words, for the API's document.
    pub about: &'static str,
    /// The body it takes, described when somebody asks for the API's document.
    pub input: Option<fn() -> Shape>,
    /// The body it gives; of an act, what was done.
    pub output: Option<fn() -> Shape>,
    /// Parameters that may stand in the address.
    pub query: &'static [&'static str],
    /// Whether it makes something, so that a repeat must be recognised.
    pub creates: bool,
    /// Whether it exists as a page.
    pub page: bool,
    /// Whether it exists in the API.
    pub api: bool,
}

/// Collects routes with what is known about them.
#[derive(Default)]
pub struct Routes {
    /// The router of everything collected.
    pub router: Router<App>,
    /// What is known.
    pub list: Vec<Route>,
}

fn filter(method: &str) -> MethodFilter {
    if method == "GET" { MethodFilter::GET } else { MethodFilter::POST }
}

impl Routes {
    fn add<H, T>(mut self, handler: H, route: Route) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let method = filter(route.method);
        if route.page {
            self.router = self.router.route(route.path, on(method, handler.clone()));
        }
        if route.api {
            let path = format!("/api/v1{}", route.path);
            self.router = self.router.route(&path, on(method, handler));
        }
        self.list.push(route);
        self
    }

    /// Something to see: a page, and the same value as JSON.
    #[must_use]
    pub fn see<P, H, T>(self, path: &'static str, about: &'static str, handler: H) -> Self
    where
        P: ToSchema + PartialSchema,
        H: Handler<T, App>,
        T: 'static,
    {
        let route = Route {
            method: "GET",
            path,
            door: Door::SignedIn,
            about,
            input: None,
            output: Some(shape::<P>),
            query: &[],
            creates: false,
            page: true,
            api: true,
        };
        self.add(handler, route)
    }

    /// Something to do: a form, and the same input as JSON.
    #[must_use]
    pub fn act<I, H, T>(self, path: &'static str, about: &'static str, handler: H) -> Self
    where
        I: ToSchema + PartialSchema,
        H: Handler<T, App>,
        T: 'static,
    {
        self.act_giving::<I, super::Done, H, T>(path, about, handler)
    }

    /// Something to ask with a body, because what is asked must not stand in
    /// an address: a search.
    #[must_use]
    pub fn act_giving<I, O, H, T>(self, path: &'static str, about: &'static str, handler: H) -> Self
    where
        I: ToSchema + PartialSchema,
        O: ToSchema + PartialSchema,
        H: Handler<T, App>,
        T: 'static,
    {
        let route = Route {
            method: "POST",
            path,
            door: Door::SignedIn,
            about,
            input: Some(shape::<I>),
            output: Some(shape::<O>),
            query: &[],
            creates: false,
            page: true,
            api: true,
        };
        self.add(handler, route)
    }

    /// A page that has no sense for a machine: an empty form, a kiosk's steps.
    #[must_use]
    pub fn only_page<H, T>(
        self,
        method: &'static str,
        path: &'static str,
        door: Door,
        handler: H,
    ) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let route = Route {
            method,
            path,
            door,
            about: "",
            input: None,
            output: None,
            query: &[],
            creates: false,
            page: true,
            api: false,
        };
        self.add(handler, route)
    }

    /// Says that the last route reads these parameters from the address.
    #[must_use]
    pub fn asking(mut self, query: &'static [&'static str]) -> Self {
        if let Some(route) = self.list.last_mut() {
            route.query = query;
        }
        self
    }

    /// Says that all these routes are for those who are served.
    #[must_use]
    pub fn own(mut self) -> Self {
        for route in &mut self.list {
            route.door = Door::Own;
        }
        self
    }

    /// Says that the last route makes something and may be repeated.
    #[must_use]
    pub fn creating(mut self) -> Self {
        if let Some(route) = self.list.last_mut() {
            route.creates = true;
        }
        self
    }

    /// Adds the routes of another slice.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.list.extend(other.list);
        self
    }
}
