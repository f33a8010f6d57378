package io.paritree.serving.answer;

import java.nio.charset.StandardCharsets;

/** How a protocol writes a problem. */
public enum ErrorForm {
  /** RFC 9457, everywhere except under the paths of the foreign protocols. */
  PROBLEM {
    @Override
    public String contentType(Problem problem) {
      return Problem.CONTENT_TYPE;
    }

    @Override
    public byte[] write(Problem problem) {
      return problem.toJson();
    }
  },

  /** MLflow's error code and message, with our faults; plain text for a wrong content type. */
  MLFLOW {
    @Override
    public String contentType(Problem problem) {
      return problem.status() == 415 ? "text/plain" : JSON;
    }

    @Override
    public byte[] write(Problem problem) {
      if (problem.status() == 415) {
        return message(problem).getBytes(StandardCharsets.UTF_8);
      }

      JsonBytes json = new JsonBytes().raw("{\"error_code\":\"").raw(mlflowCode(problem));
      json.raw("\",\"message\":").string(message(problem));
      return withErrors(problem, json);
    }
  },

  /** The Open Inference Protocol's error text, with our faults. */
  INFERENCE {
    @Override
    public String contentType(Problem problem) {
      return JSON;
    }

    @Override
    public byte[] write(Problem problem) {
      JsonBytes json = new JsonBytes().raw("{\"error\":");
      json.string(message(problem));
      return withErrors(problem, json);
    }
  };

  /** The content type of JSON that is not a problem document. */
  public static final String JSON = "application/json";

  /** Returns the content type of a problem in this form. */
  public abstract String contentType(Problem problem);

  /** Returns the body of a problem in this form, in UTF-8. */
  public abstract byte[] write(Problem problem);

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

  /** Returns what went wrong as one text. */
  private static String message(Problem problem) {
    return problem.title() + ": " + problem.detail();
  }

  private static byte[] withErrors(Problem problem, JsonBytes json) {
    if (!problem.errors().isEmpty()) {
      json.raw(",\"errors\":");
      Problem.write(problem.errors(), json);
    }

    return json.raw("}\n").toByteArray();
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
