package io.paritree.spark;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.paritree.architecture.ArchitectureContract;
import io.paritree.spark.settings.JobSettings;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.InternalRow;
import org.junit.jupiter.api.Test;

/** The rooms of this module, and which classes depend on what is not public API of Spark. */
class ArchitectureTest extends ArchitectureContract {
  /** What Spark's published documentation leaves out, or marks as unstable. */
  private static final DescribedPredicate<JavaClass> INTERNAL =
      resideInAnyPackage(
              "org.apache.spark.sql.catalyst..",
              "org.apache.spark.sql.execution..",
              "org.apache.spark.sql.internal..",
              "org.apache.spark.sql.classic..",
              "org.apache.spark.unsafe",
              "org.apache.spark.util..")
          .or(name("org.apache.spark.rdd.InputFileBlockHolder"));

  /** Another Spark version may need other code in these classes, and in no others. */
  private static final Set<String> USERS =
      Set.of(
          "blocks.BatchSource",
          "blocks.CsvSource",
          "blocks.InputBlock",
          "blocks.RowBlock",
          "blocks.RowCells",
          "blocks.RowSource",
          "blocks.VectorBlock",
          "files.FlatFile",
          "files.ParquetWriters",
          "files.ScoredFiles",
          "files.SortedRows",
          "input.HadoopPaths",
          "input.InputCheck",
          "keys.KeyHasher",
          "keys.RepeatedHashes",
          "rows.BlockEncoder",
          "rows.Copier",
          "rows.FilesInOrder",
          "rows.Quarantine",
          "rows.Scan",
          "rows.ScoreTask",
          "rows.TaskRows");

  ArchitectureTest() {
    super("spark-job", "io.paritree.spark");
  }

  @Test
  void sparkInternalsAreUsedInTheListedClassesOnly() {
    assertThat(usersOfInternals(main())).containsExactlyInAnyOrderElementsOf(USERS);
  }

  @Test
  void plantedUseOfSparkInternalsIsCaught() {
    JavaClasses planted =
        new ClassFileImporter().importClasses(PlantedUser.class, JobSettings.class);

    assertThat(usersOfInternals(planted)).containsExactly("ArchitectureTest");
  }

  private static Set<String> usersOfInternals(JavaClasses classes) {
    return classes.that(describe("use internals", ArchitectureTest::usesInternals)).stream()
        .map(user -> user.getName().replace("io.paritree.spark.", "").replaceFirst("\\$.*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean usesInternals(JavaClass user) {
    return user.getDirectDependenciesFromSelf().stream()
        .anyMatch(used -> INTERNAL.test(used.getTargetClass().getBaseComponentType()));
  }

  /** Uses an internal class. */
  private record PlantedUser(InternalRow row) {}
}
