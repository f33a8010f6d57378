package io.paritree.spark.versions;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.package$;
import scala.util.Properties;

/**
 * A version of Spark.
 *
 * @param text as Spark gives it, such as {@code 3.5.9}; vendors add words to it
 */
public record SparkVersion(int major, int minor, String text) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})\\.([0-9]{1,6})([^0-9].*)?");
  private static final SparkVersion OLDEST = new SparkVersion(3, 5, "3.5");
  private static final SparkVersion NEWEST = new SparkVersion(4, 2, "4.2");

  /** Returns the version that is on the class path. */
  public static SparkVersion running() {
    return of(package$.MODULE$.SPARK_VERSION());
  }

  /** Returns whether Spark's class path has a class, perhaps of a library that not all have. */
  public static boolean hasClass(String name) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return loader != null && loader.getResource(name.replace('.', '/') + ".class") != null;
  }

  /**
   * Reads a version.
   *
   * @throws IllegalArgumentException if the text does not begin with two numbers
   */
  static SparkVersion of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "Cannot use Spark '%s': got a version that is not like %s.0"
              .formatted(text, NEWEST.text));
    }

    return new SparkVersion(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)), text);
  }

  /** Returns why the job cannot run on this version; empty if it can be tried. */
  public Optional<String> refusal() {
    return isBefore(OLDEST)
        ? Optional.of(
            "Cannot score on Spark %s: the job needs Spark %s or newer; set SPARK_HOME to such an installation"
                .formatted(text, OLDEST.text))
        : Optional.empty();
  }

  /** Returns what an operator should know of this version; empty if it is one of those tested. */
  public Optional<String> warning() {
    return NEWEST.isBefore(this)
        ? Optional.of(
            "Spark %s is newer than %s, the newest version that this job was tested with; it is tried"
                .formatted(text, NEWEST.text))
        : Optional.empty();
  }

  /**
   * Returns whether Spark reads a column whose type has become wider from one file to the next, in
   * its widest type.
   */
  public boolean readsWidenedColumns() {
    return major >= 4;
  }

  /**
   * Returns whether columns and encoders of the API are no expressions, as for Spark Connect, and
   * are made into expressions later.
   */
  public boolean hasApiWithoutExpressions() {
    return major >= 4;
  }

  /** Returns whether readers take the version of any table as an option. */
  public boolean readsVersions() {
    return major >= 4;
  }

  /** Returns the package of Delta for this version, as {@code --packages} takes it. */
  public String deltaPackage() {
    return major < 4
        ? "io.delta:delta-spark_%s:3.3.2"
            .formatted(Properties.versionNumberString().substring(0, 4))
        : "io.delta:delta-spark_%s.%s_2.13:4.4.0".formatted(major, minor);
  }

  /** Returns the package of Iceberg for this version; empty if there is none. */
  public Optional<String> icebergPackage() {
    return new SparkVersion(4, 1, "").isBefore(this)
        ? Optional.empty()
        : Optional.of(
            "org.apache.iceberg:iceberg-spark-runtime-%s.%s_%s:%s"
                .formatted(
                    major,
                    minor,
                    Properties.versionNumberString().substring(0, 4),
                    major == 4 && minor == 0 ? "1.11.0" : "1.12.0")); // 1.12 has none for 4.0
  }

  private boolean isBefore(SparkVersion other) {
    return major != other.major ? major < other.major : minor < other.minor;
  }
}
