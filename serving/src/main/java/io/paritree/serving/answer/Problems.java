package io.paritree.serving.answer;

import io.paritree.Fault;
import io.paritree.serving.answer.Problem.PointedFault;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All problems that can be the answer to a request: for each, its HTTP status, its title, and its
 * detail with a place for each value of the request. The code is the name in small letters, or the
 * code of the problem that a row names.
 */
public enum Problems {
  INVALID_RECORD(400, "The record cannot be scored", "%s"),
  MISSING_INPUTS(400, "Failed to enforce schema of data", "Model is missing inputs [%s]%s."),
  MALFORMED_BODY(400, "The body cannot be read", "%s"),
  BROKEN_GZIP(
      MALFORMED_BODY, "Cannot unpack the body: it is not whole gzip, as Content-Encoding says."),
  INCOMPLETE_BODY(400, "The body is not complete", "The connection ended inside the body."),
  BAD_PARAMETER(
      400,
      "A parameter of the request is wrong",
      "Cannot use the value of parameter '%s': expected %s."),
  MISSING_PARAMETER(BAD_PARAMETER, "The parameter '%s' is missing: expected %s."),
  UNUSABLE_PARAMETER(BAD_PARAMETER, "Cannot use parameter '%s' with this model: %s."),
  UNKNOWN_PARAMETER(
      BAD_PARAMETER, "Cannot use the query: the parameter '%s' is not known; expected %s."),
  REPEATED_HEADER(
      400,
      "A header is given more than once",
      "The request has the header %s more than once, so that it is not clear how to read the body;"
          + " send it once."),
  METHOD_OVERRIDE(
      400,
      "The method cannot be overridden",
      "Send the request with its own method and without X-HTTP-Method-Override."),
  INVALID_KEY(
      400, "The key cannot be looked up", "Cannot look up the key: %s is '%s', expected %s."),
  KEY_BY_QUERY(INVALID_KEY, "Give all columns of the key: .../row?%s"),
  BAD_REQUEST(
      400,
      "The request is not valid HTTP",
      "Its request line, path or headers break the rules of HTTP/1.1, or its path has an encoded"
          + " slash, backslash, percent sign or control character, which only a query may have."),
  OTHER_REFUSAL("bad_request", 400, "The request is refused", "It is not valid HTTP/1.1."),
  UNAUTHORIZED(401, "A token is needed", "Send Authorization: Bearer TOKEN."),
  UNKNOWN_TOKEN(
      401, "The token is not known", "Send a token whose SHA-256 the server's configuration has."),
  FORBIDDEN(403, "The token does not allow this", "Send a token of the other role."),
  CROSS_ORIGIN(
      403,
      "A page of another origin may not send this",
      "Cannot take the request: the browser says that a page of another origin sends it (%s),"
          + " expected a page of this server, or of an origin in security.cors-origins. Add the origin"
          + " there."),
  NOT_FOUND(
      404,
      "There is nothing at this path",
      "GET /v1/models lists the models, GET /openapi.json all paths."),
  NO_MANAGEMENT_PAGE(
      NOT_FOUND,
      "This is the management port: it has GET /metrics, /health/live and /health/ready and, if"
          + " security.admin-tokens are configured, POST /admin/reload. Models and scores are on"
          + " the server's other port."),
  UNKNOWN_MODEL(404, "There is no such model", "This server serves %s."),
  UNKNOWN_SCORES(
      404, "There are no such stored scores", "This server has the stored scores of %s."),
  UNKNOWN_PARTITION(404, "There is no such partition", "Partitions in service, newest first: %s."),
  UNKNOWN_KEY(404, "There is no such key", "Searched %s."),
  UNKNOWN_RUN(404, "There is no such run", "GET /v1/scores/%s/runs lists those that have ended."),
  UNKNOWN_CHALLENGER(
      404, "There is no such comparison", "Where the page is served, the run has: %s."),
  UNKNOWN_OUTCOMES(404, "There are no such outcomes", "They are there as of %s."),
  UNKNOWN_NIGHT(
      "unknown_partition",
      404,
      "There is no such partition",
      "No run has compared it with others; known are %s."),
  NO_PROFILE(
      404,
      "The rows of this model are not counted",
      "%s has no reference to compare them with, or profile.mode is off."),
  NO_SHADOW(
      404,
      "The model is not compared with a challenger",
      "models.shadow names no challenger of %s."),
  QUARANTINED(
      404,
      "The row of the key could not be scored",
      "Run %s has quarantined it in %s; see errors."),
  METHOD_NOT_ALLOWED(405, "The path has other methods", "The Allow header lists them."),
  NOT_ACCEPTABLE(406, "Answers are JSON", "Send Accept: application/json, or no Accept at all."),
  REQUEST_TIMEOUT(
      408,
      "The request did not arrive in time",
      "The whole request must arrive within the server's time limit; send it again."),
  AMBIGUOUS_KEY(409, "Several rows have the key", "%s rows of run %s have it in %s."),
  BODY_TOO_LARGE(
      413,
      "The body is too large",
      "It has more bytes than the server accepts; send fewer records per request."),
  TOO_MANY_ROWS(
      413,
      "The request has too many records",
      "A request may have %s records%s; send several requests."),
  URI_TOO_LONG(
      414,
      "The path and the query are too long",
      "They are longer than the server reads. A name of a model has at most 64 characters; a long"
          + " key of stored scores can be sent in the body of POST /v1/scores/NAME/lookup."),
  UNSUPPORTED_MEDIA_TYPE(415, "The body has the wrong content type", "Send Content-Type: %s."),
  UNSUPPORTED_ENCODING(
      415,
      "The body has an encoding that is not read",
      "Send the body with Content-Encoding: gzip, or without one."),
  UNSUPPORTED_TRANSFER_CODING(
      "unsupported_encoding",
      501,
      "The transfer coding is not supported",
      "Send the body with Content-Length, or with Transfer-Encoding: chunked only."),
  EXPECTATION_FAILED(
      417, "The expectation is not met", "The only Expect that is supported is 100-continue."),
  MISDIRECTED_REQUEST(
      421,
      "The server does not answer for this host",
      "Cannot answer for the host '%s': where no token is needed, expected an IP address, a name"
          + " without a dot or below localhost, or one in security.hosts. Use one of these, or add the"
          + " name to security.hosts of the server."),
  UPGRADE_REQUIRED(426, "The protocol is not supported", "Use HTTP/1.1 or 1.0."),
  TOO_MANY_REQUESTS(
      429, "The caller sends too many requests", "Send it again after the time in Retry-After."),
  HEADERS_TOO_LARGE(
      431, "The headers are too large", "The request line and all headers together are too long."),
  INTERNAL_ERROR(500, "The server failed", "The failure is in the server's log."),
  OTHER_FAILURE(INTERNAL_ERROR, "Its log says why."),
  NOT_IMPLEMENTED(501, "The method is not known", "Send GET or POST."),
  OVERLOADED(
      503,
      "The server cannot take the request now",
      "Send it again after the time in Retry-After."),
  STARTING(503, "The server is starting", "Send it again after the time in Retry-After."),
  NO_CHALLENGER(
      503,
      "The challenger is not open",
      "It is being opened, or cannot be; then the server's log says why. %s answers as ever."),
  NO_SCORES(
      503,
      "There are no stored scores yet",
      "No partition of %s is published with an index; the server's log and /health/ready of its"
          + " management port say more."),
  DAMAGED_SCORES(
      503,
      "The stored scores cannot be read",
      "The index of %s is damaged where it would answer; publish the partition again."),
  STALE_SCORES(
      503,
      "The newest stored scores cannot be answered",
      "%s is published, but %s; the server's log and /health/ready of its management port say"
          + " more."),
  REPLACED_SCORES(
      503,
      "The stored scores were replaced",
      "%s was published again while this request was answered, which took too long; send it"
          + " again."),
  UNREADABLE_RUNS(503, "The runs cannot be read now", "%s."),
  UNREADABLE_AUDIT(503, "The audit cannot be read now", "%s."),
  UNREADABLE_OUTCOMES(503, "The outcomes cannot be read now", "%s."),
  VERSION_NOT_SUPPORTED(505, "The HTTP version is not supported", "Use HTTP/1.1 or 1.0.");

  /** The problems that Jetty and Javalin name by their status alone. */
  private static final Map<Integer, Problems> BY_STATUS =
      Stream.of(
              BAD_REQUEST,
              UNAUTHORIZED,
              FORBIDDEN,
              NOT_FOUND,
              METHOD_NOT_ALLOWED,
              NOT_ACCEPTABLE,
              REQUEST_TIMEOUT,
              BODY_TOO_LARGE,
              URI_TOO_LONG,
              UNSUPPORTED_MEDIA_TYPE,
              EXPECTATION_FAILED,
              UPGRADE_REQUIRED,
              TOO_MANY_REQUESTS,
              HEADERS_TOO_LARGE,
              NOT_IMPLEMENTED,
              OVERLOADED,
              VERSION_NOT_SUPPORTED)
          .collect(Collectors.toMap(row -> row.status, Function.identity()));

  private final String code;
  private final int status;
  private final String title;
  private final String detail;

  Problems(int status, String title, String detail) {
    this.code = name().toLowerCase(Locale.ROOT);
    this.status = status;
    this.title = title;
    this.detail = detail;
  }

  /** Another detail of a problem. */
  Problems(Problems same, String detail) {
    this(same.code, same.status, same.title, detail);
  }

  Problems(String code, int status, String title, String detail) {
    this.code = code;
    this.status = status;
    this.title = title;
    this.detail = detail;
  }

  /**
   * Returns the problem.
   *
   * @param values one for each place of the detail
   */
  public Problem of(Object... values) {
    return new Problem(code, status, title, detail.formatted(values), List.of(), "");
  }

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
    String detail = "%s things are wrong with the record; see errors.".formatted(count);
    if (count == 1) {
      detail = "One thing is wrong with the record; see errors.";
    } else if (count > errors.size()) {
      detail =
          "%s things are wrong with the records; errors has the first %s."
              .formatted(count, errors.size());
    }

    return INVALID_RECORD.of(detail).with(errors);
  }

  /** Returns the problem for a status that Jetty or Javalin set without saying more. */
  public static Problem ofStatus(int status) {
    Problems known = BY_STATUS.get(status);
    if (known != null) {
      return known.of(ErrorForm.JSON);
    }

    Problem other = (status >= 500 ? OTHER_FAILURE : OTHER_REFUSAL).of();
    return new Problem(other.code(), status, other.title(), other.detail(), List.of(), "");
  }
}
