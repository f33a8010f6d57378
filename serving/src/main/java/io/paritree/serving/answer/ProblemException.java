package io.paritree.serving.answer;

/** Ends a request with a problem. Such an answer is normal, so there is no stack trace. */
public final class ProblemException extends RuntimeException {
  private final transient Problem problem;

  public ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }
}
