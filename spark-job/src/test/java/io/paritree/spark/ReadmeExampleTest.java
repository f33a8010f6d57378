package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.paritree.PublicApi;
import io.paritree.forest.Engine;
import io.paritree.model.TestPackages;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's Java compiles, does what it says, and uses only what is promised. */
class ReadmeExampleTest {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));

  @TempDir Path directory;

  @Test
  @SuppressWarnings("unchecked") // the example's type
  void theCallOnADatasetScores() throws Exception {
    Path model = new TestPackages(directory.resolve("models")).binary();
    Dataset<Row> parcels =
        TestSpark.session()
            .read()
            .parquet(Parcels.write(directory.resolve("in"), 0, 200, 50, 1).toString());
    String example =
        block("Paritree.score(loans")
            .replace("models/credit@champion", model.getParent() + "@champion")
            .replace("loan_id", "parcel_id");
    compile(
        "Example",
        """
        import io.paritree.spark.sql.Paritree;
        import java.util.List;
        import org.apache.spark.sql.Dataset;
        import org.apache.spark.sql.Row;

        public class Example {
          public static List<Dataset<Row>> run(Dataset<Row> loans) throws Exception {
            %s
            return List.of(scored, slim);
          }
        }
        """
            .formatted(example));

    List<Dataset<Row>> results;
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
      results =
          (List<Dataset<Row>>)
              loader.loadClass("Example").getMethod("run", Dataset.class).invoke(null, parcels);
    }

    assertThat(results.get(0).where("score IS NOT NULL").count()).isEqualTo(196);
    assertThat(results.get(1).columns())
        .containsExactly("parcel_id", "score", "margin", "label", "model_version", "faults");
    assertThat(results.get(1).where("faults IS NOT NULL").count()).isEqualTo(4);
    assertThat(typesUsed()).isEmpty();
  }

  @Test
  void theProgramWithTheModelAloneUsesOnlyWhatIsPromised() throws Exception {
    String program = block("class Score ");
    int begin = program.indexOf("Opening.open");
    int end = program.indexOf("e.faults()");

    compile("Score", program);

    assertThat(typesUsed()).isEmpty();
    assertThat(program.substring(begin, end).lines().count()).isLessThanOrEqualTo(10);
  }

  /** Returns the first block of Java in the README that has a text. */
  private static String block(String text) throws Exception {
    Matcher blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(ROOT.resolve("README.md")));
    while (blocks.find()) {
      if (blocks.group(1).contains(text)) {
        return blocks.group(1);
      }
    }

    throw new AssertionError("The README has no Java with '" + text + "'");
  }

  private void compile(String name, String source) throws Exception {
    Path file = Files.writeString(directory.resolve(name + ".java"), source);
    int exitCode =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                directory.toString(),
                file.toString());
    assertThat(exitCode).as(source).isZero();
  }

  /** Returns the types of Paritree that the example uses, and that are not promised. */
  private Set<String> typesUsed() {
    return new ClassFileImporter()
        .importPath(directory).stream()
            .flatMap(example -> example.getDirectDependenciesFromSelf().stream())
            .map(dependency -> dependency.getTargetClass())
            .filter(type -> type.getPackageName().startsWith("io.paritree"))
            .filter(type -> !type.isAnnotatedWith(PublicApi.class))
            .map(JavaClass::getName)
            .filter(name -> !name.equals(Engine.class.getName()))
            .collect(Collectors.toSet());
  }
}
