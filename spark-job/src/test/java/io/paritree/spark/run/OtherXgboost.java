package io.paritree.spark.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.MavenClassPath;
import io.paritree.model.command.ModelMain;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;

/**
 * Compares Paritree's scores with those of another version of XGBoost4J: the transforms over the
 * range of floats, all kinds of models that this version trains, and the golden rows of a package
 * that the build's version has sealed.
 *
 * <p>Run: {@code scripts/compat --xgboost VERSION}. Prints each difference; exit code 1 if there is
 * any. A difference is no fault: which version is followed is a decision.
 */
final class OtherXgboost {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));
  private static final String GOLDEN = "golden rows of parcel-late/1";

  /** They compare each bit with what libxgboost says. */
  private static final List<String> TESTS =
      Stream.of("Transform", "Forest", "Offset", "Contribution")
          .map("io.paritree.xgboost.%sParityTest"::formatted)
          .toList();

  private OtherXgboost() {}

  /** Takes a version; or the file for the results and a version, in the JVM that has it. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 2) {
      compare(Path.of(arguments[0]), arguments[1]);
      return;
    }

    if (arguments.length != 1 || arguments[0].startsWith("-")) {
      System.err.println("Usage: compat --xgboost VERSION");
      System.exit(2);
    }

    System.exit(isSame(arguments[0]) ? 0 : 1);
  }

  private static boolean isSame(String version) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("paritree-xgboost");
    Path log = directory.resolve("tests.log");
    Path results = directory.resolve("results");
    Process process =
        JobProcess.start(
            classPath(version),
            List.of("-Dparitree.root=" + ROOT, "-Xmx2g", "-XX:TieredStopAtLevel=4"),
            log,
            OtherXgboost.class.getName(),
            results,
            version);
    if (JobProcess.exitCode(process) != 0 || !Files.exists(results)) {
      throw new IOException("Cannot compare with XGBoost4J %s, see %s".formatted(version, log));
    }

    Map<String, String> found = new TreeMap<>();
    for (String line : Files.readAllLines(results)) {
      String[] words = line.split("\t", 2);
      found.put(words[0], words[1].replace("\f", "\n"));
    }

    List<String> differing =
        found.keySet().stream().filter(key -> !found.get(key).isEmpty()).toList();
    System.out.printf("| XGBoost4J %s | what differs first |%n| --- | --- |%n", version);
    for (String test : differing) {
      System.out.printf("| %s | %s |%n", test, found.get(test).lines().findFirst().orElseThrow());
    }

    System.out.printf("%n| claims | all | differ |%n| --- | --- | --- |%n");
    for (Map.Entry<String, List<String>> part :
        found.keySet().stream().collect(Collectors.groupingBy(OtherXgboost::part)).entrySet()) {
      List<String> all = part.getValue();
      long differ = all.stream().filter(differing::contains).count();
      System.out.printf("| %s | %s | %s |%n", part.getKey(), all.size(), differ);
    }

    if (!differing.isEmpty()) {
      System.out.printf(
          "%nEach difference is a decision: which version is followed? Log: %s%n", log);
      return false;
    }

    FileStore.of(Location.of(directory)).delete(Location.of(directory));
    return true;
  }

  private static String part(String test) {
    return test.equals(GOLDEN) ? GOLDEN : test.replaceFirst("\\..*", "");
  }

  /** Returns the class path of this JVM, with another XGBoost4J. */
  private static String classPath(String version) throws IOException, InterruptedException {
    String separator = System.getProperty("path.separator");
    Path pom = ROOT.resolve("spark-job/src/test/xgboost/pom.xml");
    List<String> all = new ArrayList<>();
    Stream.of(MavenClassPath.of(pom, "-Dxgboost=" + version).split(separator))
        .filter(jar -> jar.contains("/ml/dmlc/"))
        .forEach(all::add);
    Stream.of(System.getProperty("java.class.path").split(separator))
        .filter(jar -> !jar.contains("/ml/dmlc/"))
        .forEach(all::add);
    return String.join(separator, all);
  }

  private static void compare(Path results, String version) throws Exception {
    String loaded = loadedVersion();
    if (!version.startsWith(loaded)) {
      throw new IllegalStateException(
          "Cannot compare with XGBoost4J %s: the library says that it is %s"
              .formatted(version, loaded));
    }

    StringWriter printed = new StringWriter();
    PrintWriter print = new PrintWriter(printed);
    int exitCode = ModelMain.run(print, print, "verify", "--model", VersionTrial.MODEL.toString());
    String failure = exitCode == 0 ? "" : printed.toString().strip();
    OtherSpark.runHere(
        TESTS, OtherSpark.ANY, results, List.of(GOLDEN + "\t" + failure.replace("\n", "\f")));
  }

  /** Returns the version that libxgboost writes into a model. */
  private static String loadedVersion() throws Exception {
    DMatrix matrix = new DMatrix(new float[] {0f, 1f}, 2, 1, Float.NaN);
    matrix.setLabel(new float[] {0f, 1f});
    Booster booster = XGBoost.train(matrix, Map.of("nthread", 1), 1, Map.of(), null, null);
    JsonNode version = new ObjectMapper().readTree(booster.toByteArray("json")).get("version");
    return "%s.%s.%s".formatted(version.get(0), version.get(1), version.get(2));
  }
}
