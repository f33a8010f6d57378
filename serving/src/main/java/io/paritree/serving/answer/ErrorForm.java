package io.paritree.serving.answer;

import java.nio.charset.StandardCharsets;

/** How a protocol writes a problem. */
public enum ErrorForm {
  /** RFC 9457, everywhere except under the paths of the foreign protocols. */
  PROBLEM,
  /** MLflow's error code and message, with our faults; plain text for a wrong content type. */
  MLFLOW,
  /** The Open Inference Protocol's error text, with our faults. */
  INFERENCE;

  /** The content type of JSON that is not a problem document. */
  public static final String JSON = "application/json";

  /** Returns the content type of a problem in this form. */
  public String contentType(Problem problem) {
    return switch (this) {
      case PROBLEM -> Problem.CONTENT_TYPE;
      case MLFLOW -> problem.status() == 415 ? "text/plain" : JSON;
      case INFERENCE -> JSON;
    };
  }

  /** Returns the body of a problem in this form, in UTF-8. */
  public byte[] write(Problem problem) {
    // What begins so says what the title says, and more.
    boolean isWhole = problem.detail().startsWith("Cannot ");
    String message = isWhole ? problem.detail() : problem.title() + ": " + problem.detail();
    JsonBytes json = new JsonBytes();
    return switch (this) {
      case PROBLEM -> problem.toJson();
      case MLFLOW -> {
        json.raw("{\"error_code\":\"").raw(mlflowCode(problem)).raw("\",\"message\":");
        yield problem.status() == 415
            ? message.getBytes(StandardCharsets.UTF_8)
            : withErrors(problem, json.string(message));
      }
      case INFERENCE -> withErrors(problem, json.raw("{\"error\":").string(message));
    };
  }

  private static byte[] withErrors(Problem problem, JsonBytes json) {
    if (!problem.errors().isEmpty()) {
      json.raw(",\"errors\":");
      Problem.write(problem.errors(), json);
    }

    return json.raw("}\n").toByteArray();
  }

  /** Returns the form of the errors at a path. */
  public static ErrorForm of(String path) {
    if (path == null) {
      return PROBLEM;
    }

    if (path.equals("/v2") || path.startsWith("/v2/")) {
      return INFERENCE;
    }

    return switch (path) {
      case "/invocations", "/ping", "/health", "/version" -> MLFLOW;
      default -> PROBLEM;
    };
  }

  private static String mlflowCode(Problem problem) {
    return switch (problem.status()) {
      case 400 -> problem.errors().isEmpty() ? "BAD_REQUEST" : "INVALID_PARAMETER_VALUE";
      case 401 -> "UNAUTHENTICATED";
      case 403 -> "PERMISSION_DENIED";
      case 404 -> "RESOURCE_DOES_NOT_EXIST";
      case 503 -> "TEMPORARILY_UNAVAILABLE";
      default -> problem.status() >= 500 ? "INTERNAL_ERROR" : "BAD_REQUEST";
    };
  }
}
