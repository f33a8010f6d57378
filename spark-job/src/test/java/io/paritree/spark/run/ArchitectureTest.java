package io.paritree.spark.run;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.paritree.architecture.ArchitectureContract;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.versions.SparkLists;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.SparkPlan;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
          .or(name("org.apache.spark.rdd.InputFileBlockHolder"))
          .or(describe("marked", ArchitectureTest::isMarked));

  /** Spark's marks of what may change or go with any release. */
  private static final Set<String> MARKS =
      Set.of(
          "org.apache.spark.annotation.DeveloperApi",
          "org.apache.spark.annotation.Private",
          "org.apache.spark.annotation.Unstable");

  /** The classes that another Spark version may break. */
  private static final Set<String> USERS =
      Set.of(
          "run.GroupScoring",
          "run.TaskWatch",
          "task.BatchSource",
          "task.CsvSource",
          "task.InputBlock",
          "task.ReadPlace",
          "task.RowBlock",
          "task.ColumnarScan",
          "task.RowCells",
          "task.RowSource",
          "task.VectorBlock",
          "task.VectorCells",
          "files.FlatFile",
          "files.LeafColumn",
          "files.ListColumn",
          "files.ParquetFile",
          "files.ParquetWriters",
          "files.ScoredFiles",
          "files.SortedRows",
          "input.FeatureTypes",
          "input.FileColumns",
          "input.FileSchemas",
          "input.HadoopPaths",
          "input.InputCheck",
          "input.StoredTypes",
          "input.TableFooters",
          "score.KeyHasher",
          "lookup.IndexBuild",
          "lookup.ShardGroups",
          "insight.outcomes.ColumnBlock",
          "insight.outcomes.MaturePartitions",
          "score.RepeatedHashes",
          "insight.proof.RecordTables",
          "score.ExplanationColumns",
          "score.ReasonColumns",
          "score.FaultList",
          "score.ReasonList",
          "score.BlockEncoder",
          "score.ChallengerRows",
          "score.ColumnEncoder",
          "score.ColumnText",
          "score.CopiedColumns",
          "score.Copier",
          "score.FilesInOrder",
          "score.KnownTexts",
          "score.KeyTexts",
          "score.Quarantine",
          "score.Scan",
          "score.ScoreTask",
          "score.TaskRows",
          "sql.BlockScoring",
          "sql.ModelCatalog",
          "sql.RowEncoder",
          "input.ReadSession",
          "sql.RowExplainer",
          "sql.RowFunction",
          "sql.RowResults",
          "sql.RowScorer",
          "task.ColumnKind",
          "task.JavaSerialized",
          "task.KryoClasses",
          "tables.delta.DeltaSnapshot",
          "tables.delta.DeltaTransaction",
          "tables.iceberg.IcebergRuntime",
          "versions.ReadRelation",
          "versions.ReassignedScan",
          "versions.SparkLists",
          "versions.VectorDictionary",
          "versions.ExpressionOfScala212",
          "versions.RowEncoders",
          "versions.WholeRow");

  /** Types that Spark's methods return or take as another type in each Scala. */
  private static final DescribedPredicate<JavaClass> SCALA_LISTS =
      resideInAnyPackage("scala.jdk..")
          .or(name("scala.collection.Seq"))
          .or(name("scala.collection.immutable.Seq"));

  ArchitectureTest() {
    super("spark-job", "io.paritree.spark");
  }

  @Test
  void sparkInternalsAreUsedInTheListedClassesOnly() {
    assertThat(usersOfInternals(main())).containsExactlyInAnyOrderElementsOf(USERS);
  }

  @ParameterizedTest
  @ValueSource(classes = {PlantedUser.class, PlantedEnvironment.class, PlantedCall.class})
  void plantedUseOfSparkInternalsIsCaught(Class<?> user) {
    JavaClasses planted = new ClassFileImporter().importClasses(user, JobSettings.class);

    assertThat(usersOfInternals(planted)).containsExactly("run.ArchitectureTest");
  }

  /** {@link SparkVersionsIT} looks up all other calls in the jars of each version. */
  @Test
  void scalasListsAreUsedInTheRoomForVersionsOnly() {
    assertThat(usersOfScalasLists(main()))
        .isNotEmpty()
        .allMatch(user -> user.startsWith("io.paritree.spark.versions."));
  }

  /** Delta has no interface for what the job needs of it. */
  @Test
  void sparkIsCalledByNameInTheRoomsForVersionsAndForDeltaOnly() {
    Set<String> byName = Set.of("call", "create", "scala", "java");
    List<String> users =
        main().stream()
            .flatMap(user -> user.getMethodCallsFromSelf().stream())
            .filter(call -> call.getTargetOwner().isEquivalentTo(SparkLists.class))
            .filter(call -> byName.contains(call.getName()))
            .map(call -> call.getOriginOwner().getName())
            .toList();

    assertThat(users)
        .contains("io.paritree.spark.tables.delta.DeltaSnapshot")
        .allMatch(
            user ->
                user.startsWith("io.paritree.spark.versions.")
                    || user.startsWith("io.paritree.spark.tables.delta."));
  }

  @Test
  void plantedUseOfScalasListsIsCaught() {
    JavaClasses planted = new ClassFileImporter().importClasses(PlantedList.class);

    assertThat(usersOfScalasLists(planted)).containsExactly(PlantedList.class.getName());
  }

  /** Held here as well, because the other rules follow the map. */
  @Test
  void mapKeepsPublishingAndReportsApart() {
    assertThat(usableBy("io.paritree.spark.publish"))
        .doesNotContain("io.paritree.model", "io.paritree.forest", "io.paritree.feature");
    assertThat(usableBy("io.paritree.spark.report"))
        .noneMatch(room -> room.startsWith("io.paritree.spark."));
    for (String library : Set.of("org.apache.spark..", "scala..", "org.apache.parquet..")) {
      assertThat(roomsUsing(library))
          .as(library)
          .doesNotContain("io.paritree.spark.publish", "io.paritree.spark.report");
    }
  }

  private static Set<String> usersOfInternals(JavaClasses classes) {
    return classes.that(describe("use internals", ArchitectureTest::usesInternals)).stream()
        .map(user -> user.getName().replace("io.paritree.spark.", "").replaceFirst("\\$.*", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean usesInternals(JavaClass user) {
    boolean usesClass =
        user.getDirectDependenciesFromSelf().stream()
            .anyMatch(used -> INTERNAL.test(used.getTargetClass().getBaseComponentType()));
    return usesClass
        || user.getAccessesFromSelf().stream()
            .anyMatch(access -> MARKS.stream().anyMatch(access.getTarget()::isAnnotatedWith));
  }

  private static Set<String> usersOfScalasLists(JavaClasses classes) {
    return classes.stream()
        .filter(
            user ->
                user.getDirectDependenciesFromSelf().stream()
                        .anyMatch(used -> SCALA_LISTS.test(used.getTargetClass()))
                    || user.getAccessesFromSelf().stream()
                        .anyMatch(access -> hasScalasList(access.getTarget())))
        .map(JavaClass::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean hasScalasList(AccessTarget target) {
    return target instanceof CodeUnitAccessTarget called
        && (SCALA_LISTS.test(called.getRawReturnType())
            || called.getRawParameterTypes().stream().anyMatch(SCALA_LISTS));
  }

  private static boolean isMarked(JavaClass type) {
    return MARKS.stream().anyMatch(type::isAnnotatedWith);
  }

  /** Uses an internal class. */
  private record PlantedUser(InternalRow row) {}

  /** Calls a method that returns a list of Scala. */
  private record PlantedList(SparkPlan plan) {
    Object run() {
      return plan.children();
    }
  }

  /** Uses a marked class. */
  private record PlantedEnvironment(SparkEnv environment) {}

  /** Calls a marked method of a public class. */
  private record PlantedCall(SparkSession session) {
    Object run() {
      return session.executeCommand("", "", null);
    }
  }
}
