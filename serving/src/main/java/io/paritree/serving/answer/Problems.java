package io.paritree.serving.answer;

import io.paritree.Fault;
import io.paritree.serving.answer.Problem.PointedFault;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** All problems that can be the answer to a request. */
public final class Problems {
  private Problems() {}

  /** The record, which is the whole body, has these faults. */
  public static Problem invalidRecord(List<Fault> faults) {
    return invalidRecord(
        faults.stream().map(fault -> PointedFault.under("", fault)).toList(), faults.size());
  }

  /**
   * The record or one of the records has faults.
   *
   * @param errors the first of them, or all
   * @param count how many there are
   */
  public static Problem invalidRecord(List<PointedFault> errors, long count) {
    String detail =
        count == 1
            ? "One thing is wrong with the record; see errors."
            : count == errors.size()
                ? "%s things are wrong with the record; see errors.".formatted(count)
                : "%s things are wrong with the records; errors has the first %s."
                    .formatted(count, errors.size());
    return new Problem("invalid_record", 400, "The record cannot be scored", detail, errors);
  }

  /**
   * The request as a whole lacks columns.
   *
   * @param detail names them
   * @param errors a fault for each column, and what else is wrong
   */
  public static Problem missingInputs(String detail, List<PointedFault> errors) {
    return new Problem("missing_inputs", 400, "Failed to enforce schema of data", detail, errors);
  }

  /** The body is not what the endpoint reads. */
  public static Problem malformedBody(String detail) {
    return new Problem("malformed_body", 400, "The body cannot be read", detail);
  }

  /** A parameter of the request has a value that is not known. */
  public static Problem badParameter(String name, String expected) {
    return new Problem(
        "bad_parameter",
        400,
        "A parameter of the request is wrong",
        "Cannot use the value of parameter '%s': expected %s.".formatted(name, expected));
  }

  /** The request lacks a parameter that it needs. */
  public static Problem missingParameter(String name, String expected) {
    return new Problem(
        "bad_parameter",
        400,
        "A parameter of the request is wrong",
        "The parameter '%s' is missing: expected %s.".formatted(name, expected));
  }

  /**
   * The model does not have what a parameter asks for.
   *
   * @param reason why
   */
  public static Problem unusableParameter(String name, String reason) {
    return new Problem(
        "bad_parameter",
        400,
        "A parameter of the request is wrong",
        "Cannot use parameter '%s' with this model: %s.".formatted(name, reason));
  }

  /**
   * The request has a parameter that the endpoint does not know.
   *
   * @param name as it was sent
   * @param expected the parameters that the endpoint knows
   */
  public static Problem unknownParameter(String name, String expected) {
    return new Problem(
        "bad_parameter",
        400,
        "A parameter of the request is wrong",
        "Cannot use the query: the parameter '%s' is not known; expected %s."
            .formatted(Fault.printable(name), expected));
  }

  /** The caller's token is none of the configured ones. */
  public static Problem unknownToken() {
    return new Problem(
        "unknown_token",
        401,
        "The token is not known",
        "Send a token whose SHA-256 the server's configuration has.");
  }

  /**
   * The path names a model that is not served.
   *
   * @param expected the models that are served
   */
  public static Problem unknownModel(String expected) {
    return new Problem(
        "unknown_model",
        404,
        "There is no such model",
        "This server serves %s.".formatted(expected));
  }

  /**
   * The path names stored scores that are not served.
   *
   * @param expected the names of those that are
   */
  public static Problem unknownScores(String expected) {
    return new Problem(
        "unknown_scores",
        404,
        "There are no such stored scores",
        "This server has the stored scores of %s.".formatted(expected));
  }

  /** No partition of stored scores can be served. */
  public static Problem noScores(String name) {
    return new Problem(
        "no_scores",
        503,
        "There are no stored scores yet",
        "No partition of %s is published with an index; the server's log and /health/ready of its"
                .formatted(name)
            + " management port say more.");
  }

  /** A part of an index is not what was written. */
  public static Problem damagedScores(String partition) {
    return new Problem(
        "damaged_scores",
        503,
        "The stored scores cannot be read",
        "The index of %s is damaged where it would answer; publish the partition again."
            .formatted(partition));
  }

  /**
   * The newest scores are published, and cannot be answered.
   *
   * @param partition the newest partition
   * @param why the reason, as a clause
   */
  public static Problem staleScores(String partition, String why) {
    return new Problem(
        "stale_scores",
        503,
        "The newest stored scores cannot be answered",
        "%s is published, but %s; the server's log and /health/ready of its management port say more."
            .formatted(partition, why));
  }

  /** A part of an index was closed, long after the partition was replaced. */
  public static Problem replacedScores(String partition) {
    return new Problem(
        "replaced_scores",
        503,
        "The stored scores were replaced",
        "%s was published again while this request was answered, which took too long; send it again."
            .formatted(partition));
  }

  /**
   * No partition in service has the values that the request names.
   *
   * @param served the partitions in service, for people
   */
  public static Problem unknownPartition(String served) {
    return new Problem(
        "unknown_partition",
        404,
        "There is no such partition",
        "Partitions in service, newest first: %s.".formatted(served));
  }

  /** A value cannot be that of a key's column. */
  public static Problem invalidKey(String column, String got, String expected) {
    return new Problem(
        "invalid_key",
        400,
        "The key cannot be looked up",
        "Cannot look up the key: %s is '%s', expected %s.".formatted(column, got, expected));
  }

  /**
   * The key has to be given in the query.
   *
   * @param form the parameters
   */
  public static Problem keyByQuery(String form) {
    return new Problem(
        "invalid_key",
        400,
        "The key cannot be looked up",
        "Give all columns of the key: .../row?%s".formatted(form));
  }

  /**
   * No partition has the key.
   *
   * @param searched the partitions that were searched
   */
  public static Problem unknownKey(String searched) {
    return new Problem(
        "unknown_key", 404, "There is no such key", "Searched %s.".formatted(searched));
  }

  /**
   * The row of the key could not be scored.
   *
   * @param errors its faults
   */
  public static Problem quarantinedKey(String partition, String run, List<PointedFault> errors) {
    return new Problem(
        "quarantined",
        404,
        "The row of the key could not be scored",
        "Run %s has quarantined it in %s; see errors.".formatted(run, partition),
        errors,
        ",\"run\":" + quoted(run));
  }

  /** Several rows have the key. */
  public static Problem ambiguousKey(String partition, String run, long rows) {
    return new Problem(
        "ambiguous_key",
        409,
        "Several rows have the key",
        "%s rows of run %s have it in %s.".formatted(rows, run, partition),
        List.of(),
        ",\"run\":%s,\"rows\":%s".formatted(quoted(run), rows));
  }

  private static String quoted(String text) {
    return new String(JsonBytes.quoted(text), StandardCharsets.UTF_8);
  }

  /**
   * The body has another content type than the endpoint reads.
   *
   * @param expected the types that it reads
   */
  public static Problem unsupportedMediaType(String expected) {
    return new Problem(
        "unsupported_media_type",
        415,
        "The body has the wrong content type",
        "Send Content-Type: %s.".formatted(expected));
  }

  /** The caller does not accept JSON. */
  public static Problem notAcceptable() {
    return new Problem(
        "not_acceptable",
        406,
        "Answers are JSON",
        "Send Accept: application/json, or no Accept at all.");
  }

  /** The body has a content encoding. */
  public static Problem unsupportedEncoding() {
    return new Problem(
        "unsupported_encoding",
        415,
        "The body has an encoding that is not read",
        "Send the body with Content-Encoding: gzip, or without one.");
  }

  /** The body says that it is gzip and is not, or it is cut short. */
  public static Problem brokenGzip() {
    return malformedBody("Cannot unpack the body: it is not whole gzip, as Content-Encoding says.");
  }

  /** The body has a transfer coding other than chunked. */
  public static Problem unsupportedTransferCoding() {
    return new Problem(
        "unsupported_encoding",
        501,
        "The transfer coding is not supported",
        "Send the body with Content-Length, or with Transfer-Encoding: chunked only.");
  }

  /**
   * The request has too many records.
   *
   * @param rows the largest number that is allowed
   * @param reason why that is less than the configured number, beginning with a comma; empty if it
   *     is not less
   */
  public static Problem tooManyRows(int rows, String reason) {
    return new Problem(
        "too_many_rows",
        413,
        "The request has too many records",
        "A request may have %s records%s; send several requests.".formatted(rows, reason));
  }

  /** The body did not arrive completely in time. */
  static Problem requestTimeout() {
    return new Problem(
        "request_timeout",
        408,
        "The request did not arrive in time",
        "The whole request must arrive within the server's time limit; send it again.");
  }

  /** The connection broke before the body was complete; hardly any caller sees this answer. */
  public static Problem incompleteBody() {
    return new Problem(
        "incomplete_body",
        400,
        "The body is not complete",
        "The connection ended inside the body.");
  }

  /** The request has a header twice that says how its body is read. */
  public static Problem repeatedHeader(String name) {
    return new Problem(
        "repeated_header",
        400,
        "A header is given more than once",
        "The request has the header %s more than once, so that it is not clear how to read the body; send it once."
            .formatted(name));
  }

  /** The request asks to be treated as one with another method. */
  public static Problem methodOverride() {
    return new Problem(
        "method_override",
        400,
        "The method cannot be overridden",
        "Send the request with its own method and without X-HTTP-Method-Override.");
  }

  /** The models are being opened. */
  public static Problem starting() {
    return new Problem(
        "starting", 503, "The server is starting", "Send it again after the time in Retry-After.");
  }

  /** The server itself failed. */
  public static Problem internalError() {
    return new Problem(
        "internal_error", 500, "The server failed", "The failure is in the server's log.");
  }

  /** The management port has nothing at the path. */
  public static Problem noManagementPage() {
    return new Problem(
        "not_found",
        404,
        "There is nothing at this path",
        "This is the management port: it has GET /metrics, /health/live and /health/ready and, if"
            + " security.admin-tokens are configured, POST /admin/reload. Models and scores are on"
            + " the server's other port.");
  }

  /** Returns the problem for a status that Jetty or Javalin set without saying more. */
  public static Problem ofStatus(int status) {
    return switch (status) {
      case 400 ->
          new Problem(
              "bad_request",
              400,
              "The request is not valid HTTP",
              "Its request line, path or headers break the rules of HTTP/1.1, or its path has an encoded"
                  + " slash, backslash, percent sign or control character, which only a query may"
                  + " have.");
      case 401 ->
          new Problem(
              "unauthorized", 401, "A token is needed", "Send Authorization: Bearer TOKEN.");
      case 403 ->
          new Problem(
              "forbidden", 403, "The token does not allow this", "Send a token of the other role.");
      case 404 ->
          new Problem(
              "not_found",
              404,
              "There is nothing at this path",
              "GET /v1/models lists the models, GET /openapi.json all paths.");
      case 405 ->
          new Problem(
              "method_not_allowed",
              405,
              "The path has other methods",
              "The Allow header lists them.");
      case 406 -> notAcceptable();
      case 408 -> requestTimeout();
      case 413 ->
          new Problem(
              "body_too_large",
              413,
              "The body is too large",
              "It has more bytes than the server accepts; send fewer records per request.");
      case 414 ->
          new Problem(
              "uri_too_long",
              414,
              "The path and the query are too long",
              "They are longer than the server reads. A name of a model has at most 64 characters; a"
                  + " long key of stored scores can be sent in the body of"
                  + " POST /v1/scores/NAME/lookup.");
      case 415 -> unsupportedMediaType("application/json");
      case 417 ->
          new Problem(
              "expectation_failed",
              417,
              "The expectation is not met",
              "The only Expect that is supported is 100-continue.");
      case 426 ->
          new Problem(
              "upgrade_required", 426, "The protocol is not supported", "Use HTTP/1.1 or 1.0.");
      case 429 ->
          new Problem(
              "too_many_requests",
              429,
              "The caller sends too many requests",
              "Send it again after the time in Retry-After.");
      case 431 ->
          new Problem(
              "headers_too_large",
              431,
              "The headers are too large",
              "The request line and all headers together are too long.");
      case 501 ->
          new Problem("not_implemented", 501, "The method is not known", "Send GET or POST.");
      case 503 ->
          new Problem(
              "overloaded",
              503,
              "The server cannot take the request now",
              "Send it again after the time in Retry-After.");
      case 505 ->
          new Problem(
              "version_not_supported",
              505,
              "The HTTP version is not supported",
              "Use HTTP/1.1 or 1.0.");
      default ->
          status >= 500
              ? new Problem("internal_error", status, "The server failed", "Its log says why.")
              : new Problem(
                  "bad_request", status, "The request is refused", "It is not valid HTTP/1.1.");
    };
  }
}
