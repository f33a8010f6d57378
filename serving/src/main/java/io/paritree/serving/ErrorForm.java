package io.paritree.serving;

/** How a protocol writes a problem. */
enum ErrorForm {
  /** RFC 9457, everywhere but under the foreign protocols' paths. */
  PROBLEM {
    @Override
    String contentType() {
      return Problem.CONTENT_TYPE;
    }

    @Override
    byte[] write(Problem problem) {
      return problem.toJson();
    }
  };

  abstract String contentType();

  abstract byte[] write(Problem problem);

  /** Returns the form of the errors at a path. */
  static ErrorForm of(String path) {
    return PROBLEM;
  }
}
