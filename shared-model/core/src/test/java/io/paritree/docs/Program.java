package io.paritree.docs;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The programs that the pages' commands start, and in which blocks each may be. */
public enum Program {
  /** Run by {@code ExamplesTest} of the job. */
  MODEL("scripts/model", BlockKind.SH, BlockKind.SH_CLUSTER),
  /** Run by {@code ExamplesTest} of the job, or parsed there. */
  SCORE("scripts/score", BlockKind.SH, BlockKind.SH_CLUSTER),
  /** Run by {@code ExamplesTest} of the job, in its session. */
  SQL("scripts/sql", BlockKind.SH),
  /** Run by {@code ExamplesTest} of the job, or parsed there. */
  OUTCOMES("scripts/outcomes", BlockKind.SH, BlockKind.SH_CLUSTER),
  /** Run by {@code ExamplesTest} of the job, or parsed there. */
  PARITY("scripts/parity", BlockKind.SH, BlockKind.SH_CLUSTER),
  /** Run by {@code ExamplesTest} of the server, on the log of the server that was started last. */
  REPLAY("scripts/parity replay", BlockKind.SH),
  /** Started by {@code ExamplesTest} of the server, or parsed there. */
  SERVE("scripts/serve", BlockKind.SH, BlockKind.SH_CLUSTER),
  /** Sent by {@code ExamplesTest} of the server to the server that was started last. */
  CURL("curl", BlockKind.SH),
  /** Its options are parsed by Spark's own parser. */
  SPARK_SUBMIT("spark-submit", BlockKind.SH_CLUSTER),
  SPARK_SQL("spark-sql", BlockKind.SH_CLUSTER),
  DEMO("scripts/demo", BlockKind.SH_BUILD),
  BENCH("scripts/bench", BlockKind.SH_BUILD),
  FAULTS("scripts/faults", BlockKind.SH_BUILD),
  COMPAT("scripts/compat", BlockKind.SH_BUILD),
  TEST("scripts/test", BlockKind.SH_BUILD),
  MVN("mvn", BlockKind.SH_BUILD),
  GIT("git", BlockKind.SH_BUILD),
  TAR("tar", BlockKind.SH_BUILD);

  private final String path;
  private final Set<BlockKind> kinds;

  Program(String path, BlockKind... kinds) {
    this.path = path;
    this.kinds = EnumSet.copyOf(List.of(kinds));
  }

  /** Returns its name, as a command begins with it. */
  public String path() {
    return path;
  }

  /**
   * Returns the program of a command's words; of a release's {@code bin/score} that of the sources.
   */
  static Optional<Program> of(List<String> words) {
    String first = words.get(0).replaceFirst("^paritree-(job|server)-[0-9.]+/bin/", "scripts/");
    boolean isReplay = words.size() > 1 && REPLAY.path.equals(first + " " + words.get(1));
    String name = isReplay ? REPLAY.path : first;
    return Stream.of(values()).filter(program -> program.path.equals(name)).findFirst();
  }

  boolean isIn(BlockKind kind) {
    return kinds.contains(kind);
  }
}
