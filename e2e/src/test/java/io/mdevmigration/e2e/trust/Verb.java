package io.mdevmigration.e2e.trust;

import java.util.Optional;

/** How a request is made; the three kinds of patches apart. */
enum Verb {
  GET("GET", ""),
  POST("POST", "application/json"),
  PUT("PUT", "application/json"),
  MERGE("PATCH", "application/merge-patch+json"),
  JSON("PATCH", "application/json-patch+json"),
  APPLY("PATCH", "application/apply-patch+yaml"),
  DELETE("DELETE", "");

  private final String method;
  private final String contentType;

  Verb(String method, String contentType) {
    this.method = method;
    this.contentType = contentType;
  }

  String method() {
    return method;
  }

  Optional<String> contentType() {
    return contentType.isEmpty() ? Optional.empty() : Optional.of(contentType);
  }
}
