package io.paritree.docs;

import java.util.Optional;
import java.util.stream.Stream;

/** The info strings of fenced blocks in the pages, each with the way in which a test tries it. */
public enum BlockKind {
  /** Commands, which are run: see {@link Program}. */
  SH("sh"),
  /** Commands that need a cluster: their options go through the real parsers. */
  SH_CLUSTER("sh cluster"),
  /** Commands of the build, of a release or of the measurements: {@link PagesTest} finds them. */
  SH_BUILD("sh build"),
  /** Commands of any shell, which bash runs where the page's files are, in {@code serving}. */
  SH_SHELL("sh shell"),
  /** Commands for root of a machine: bash reads them, and the files of a release are there. */
  SH_ROOT("sh root"),
  /** A schema file, read by the real parser: {@link PagesTest}. */
  JSON_SCHEMA("json schema"),
  /** Any other JSON, which must be JSON: {@link PagesTest}. */
  JSON("json"),
  /** What the {@code curl} before it answers: it has these members, in {@code serving}. */
  JSON_ANSWER("json answer"),
  /** A class, or statements over the dataset {@code loans}, compiled and run in the job's tests. */
  JAVA("java"),
  /** Statements of Spark's SQL, run in the job's tests. */
  SQL("sql"),
  /** Python, which must be Python, if there is one here: {@link PagesTest}. */
  PYTHON("python"),
  /** JavaScript of a page that calls the server: in {@code serving}. */
  JS("js"),
  /** A dependency of a POM: {@code PublishedModelIT} resolves it. */
  XML("xml"),
  /** Settings of the job, read by its parser. */
  HOCON_JOB("hocon job"),
  /** Settings of the server, read by its parser. */
  HOCON_SERVER("hocon server"),
  /** YAML, which must be YAML: {@link PagesTest}. */
  YAML("yaml"),
  /** An output, a picture or a layout of files: not tried. */
  TEXT("text");

  private final String info;

  BlockKind(String info) {
    this.info = info;
  }

  /** Returns the info string. */
  public String info() {
    return info;
  }

  static Optional<BlockKind> of(String info) {
    return Stream.of(values()).filter(kind -> kind.info.equals(info)).findFirst();
  }
}
