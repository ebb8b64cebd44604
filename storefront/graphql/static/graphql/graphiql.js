"use strict";

const FIRST_QUERY = `# What helps the neck? Press Ctrl-Enter.
query Neck {
  bodyArea(slug: "neck") {
    name
    products(first: 5) {
      totalCount
      edges {
        node {
          name
          toolType { name }
          pricing { priceRange { start { gross { amount currency } } } }
          primaryGuide { title slug }
        }
      }
    }
    guides { title summary }
  }
}
`;

// The package brings React 17, which has no createRoot yet.
ReactDOM.render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: window.location.pathname }),
    defaultQuery: FIRST_QUERY,
  }),
  document.getElementById("graphiql"),
);
