package io.paritree.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.command.ModelMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;

/**
 * The story of the pages, in a directory: a model of loans that are paid late, its package {@code
 * models/credit}, and the loans of two days.
 *
 * <p>A loan has a {@code loan_id} from 4600 to 4899, {@code branch}, {@code amount}, {@code
 * income}, {@code purpose} and {@code opened}. On the second day, loan 4713 has a purpose that the
 * model has not seen and refuses.
 */
public final class Loans {
  /** The days whose loans there are. */
  public static final List<String> DAYS = List.of("2026-11-23", "2026-11-24");

  /** The loan that cannot be scored on the second day. */
  public static final int REFUSED = 4713;

  /** The first line of each file of loans. */
  public static final String HEADER = "loan_id,branch,amount,income,purpose,opened";

  /** What {@code schema.json} has. */
  public static final String SCHEMA =
      """
      {
        "features": [
          {"name": "amount", "type": "number", "min": 0,
           "reason": {"up": {"code": "R07", "text": "Amount is high"}, "down": {"code": "R08"}}},
          {"name": "income", "type": "number", "missing": [-999]},
          {"name": "purpose", "type": "category", "categories": ["business", "car", "house"],
           "unseen": "reject"},
          {"name": "month", "type": "month", "column": "opened"}
        ],
        "outputs": {"classes": ["repaid", "late"], "threshold": 0.25}
      }
      """;

  private static final int FIRST = 4600;
  private static final int LAST = 4899;
  private static final List<String> FEATURES = List.of("amount", "income", "purpose", "month");
  private static final List<String> PURPOSES = List.of("business", "car", "house");
  private static final Pattern FILE =
      Pattern.compile("[A-Za-z0-9_./-]+\\.(ubj|json|jsonl|csv|conf|prom)");
  private static final Pattern STORY = Pattern.compile("(/data|models)(/.*|@.*)?");

  /** The files of the story as it begins, which are made once. */
  private static final Map<String, byte[]> MADE = new TreeMap<>();

  private final Path directory;

  private Loans(Path directory) {
    this.directory = directory;
  }

  /**
   * Writes {@code model.ubj}, {@code schema.json}, {@code rows.csv} with the trainer's predictions
   * in {@code predicted}, {@code record.json}, and the package, whose champion is version 3.
   *
   * @param directory a directory that exists
   */
  public static synchronized Loans write(Path directory) throws IOException {
    Loans loans = new Loans(directory);
    if (MADE.isEmpty()) {
      loans.make();
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          MADE.put(directory.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    } else {
      for (Map.Entry<String, byte[]> made : MADE.entrySet()) {
        Path file = directory.resolve(made.getKey());
        Files.createDirectories(file.getParent());
        Files.write(file, made.getValue());
      }
    }

    return loans;
  }

  private void make() throws IOException {
    Booster booster = trained();
    try {
      Files.write(directory.resolve("model.ubj"), booster.toByteArray("ubj"));
      Files.writeString(directory.resolve("rows.csv"), rowsWithPredictions(booster));
      booster.dispose();
    } catch (XGBoostError e) {
      throw new IllegalStateException(e);
    }

    Files.writeString(directory.resolve("schema.json"), SCHEMA);
    Files.writeString(directory.resolve("record.json"), "{\"amount\": 1200, \"purpose\": \"car\"}");
    for (int version = 1; version <= 3; version++) {
      model(
          List.of(
              ("seal --model model.ubj --schema schema.json --rows rows.csv --expected predicted"
                      + " --store models --name credit --alias champion")
                  .split(" ")),
          0);
    }
  }

  /** Returns the directory that all paths of the story are below. */
  public Path directory() {
    return directory;
  }

  /** Returns a word of a command with its path, if it has one of the story, below a directory. */
  public static String real(Path directory, String word) {
    int sign = word.indexOf('=');
    String name = sign < 0 || word.startsWith("/") ? "" : word.substring(0, sign + 1);
    String value = word.substring(name.length());
    if (value.startsWith("conf/")) {
      return name + Page.ROOT.resolve(value);
    }

    boolean isPath = STORY.matcher(value).matches() || FILE.matcher(value).matches();
    return isPath ? name + directory + (value.startsWith("/") ? "" : "/") + value : word;
  }

  /** Runs {@code scripts/model} and returns what it prints; fails at another exit code. */
  public String model(List<String> arguments, int exitCode) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int ended =
        ModelMain.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            arguments.stream().map(word -> real(directory, word)).toArray(String[]::new));
    assertThat(ended).as("%s: %s%s", arguments, out, err).isEqualTo(exitCode);
    return out.toString();
  }

  /** Runs a command of {@link Program#MODEL}. */
  public void model(Command command) throws IOException {
    String printed;
    try {
      printed = model(command.arguments(), command.exitCode());
    } catch (AssertionError e) {
      throw new AssertionError(command.place() + ": " + e.getMessage(), e);
    }

    if (command.output().isPresent()) {
      Path file = Path.of(real(directory, command.output().get()));
      Files.writeString(file, printed);
      if (file.endsWith("schema.json")) {
        assertThat(printed).as(command.toString()).contains("\"features\"");
        Files.writeString(file, SCHEMA); // the draft, as the story's user has edited it
      }
    }
  }

  /** Makes a schema of a page the one that is sealed with, if it has all features of the model. */
  public void edit(Block block) throws IOException {
    if (FEATURES.stream().allMatch(name -> block.text().contains("\"" + name + "\""))) {
      Files.writeString(directory.resolve("schema.json"), block.text());
    }
  }

  /** Returns the loans of a day as lines of CSV, without a header. */
  public static List<String> lines(String day) {
    List<String> lines = new ArrayList<>();
    Random random = new Random(day.hashCode());
    for (int loan = FIRST; loan <= LAST; loan++) {
      boolean isRefused = loan == REFUSED && day.equals(DAYS.get(1));
      lines.add(
          "%s,%s,%s,%s,%s,%s"
              .formatted(
                  loan,
                  loan % 2 == 0 ? "north" : "south",
                  100 * (1 + random.nextInt(300)),
                  loan % 10 == 3 ? -999 : 1_000 + random.nextInt(5_000),
                  isRefused ? "yacht" : PURPOSES.get(random.nextInt(PURPOSES.size())),
                  "2026-%s-03T10:15:00"
                      .formatted(String.format(Locale.ROOT, "%02d", 1 + random.nextInt(12)))));
    }

    return lines;
  }

  /** Returns the slots of a loan. */
  private static float[] slots(String line) {
    String[] cells = line.split(",");
    float income = Float.parseFloat(cells[3]);
    return new float[] {
      Float.parseFloat(cells[2]),
      income == -999 ? Float.NaN : income,
      PURPOSES.indexOf(cells[4]),
      Integer.parseInt(cells[5].substring(5, 7))
    };
  }

  private static DMatrix matrix(List<String> lines) throws XGBoostError {
    float[] slots = new float[lines.size() * 4];
    for (int row = 0; row < lines.size(); row++) {
      System.arraycopy(slots(lines.get(row)), 0, slots, row * 4, 4);
    }

    DMatrix matrix = new DMatrix(slots, lines.size(), 4, Float.NaN);
    matrix.setFeatureNames(FEATURES.toArray(String[]::new));
    matrix.setFeatureTypes(new String[] {"q", "q", "c", "int"});
    return matrix;
  }

  private static Booster trained() {
    List<String> lines = new ArrayList<>();
    for (int day = 0; day < 5; day++) {
      lines.addAll(lines("training " + day));
    }

    Random random = new Random(46);
    float[] labels = new float[lines.size()];
    for (int row = 0; row < labels.length; row++) {
      float[] slots = slots(lines.get(row));
      double risk = slots[0] / 10_000 - (Float.isNaN(slots[1]) ? 0 : slots[1] / 3_000) + slots[2];
      labels[row] = risk + random.nextGaussian() > 2 ? 1 : 0;
    }

    Map<String, Object> parameters = new HashMap<>();
    parameters.put("objective", "binary:logistic");
    parameters.put("max_depth", 3);
    parameters.put("nthread", 1);
    parameters.put("tree_method", "hist");
    try {
      DMatrix matrix = matrix(lines);
      try {
        matrix.setLabel(labels);
        return XGBoost.train(matrix, parameters, 12, Map.of(), null, null);
      } finally {
        matrix.dispose();
      }
    } catch (XGBoostError e) {
      throw new IllegalStateException(e);
    }
  }

  private static String rowsWithPredictions(Booster booster) throws XGBoostError {
    List<String> lines = lines("golden");
    StringBuilder text = new StringBuilder(HEADER).append(",predicted\n");
    DMatrix matrix = matrix(lines);
    try {
      float[][] predictions = booster.predict(matrix);
      for (int row = 0; row < predictions.length; row++) {
        text.append(lines.get(row)).append(',').append(predictions[row][0]).append('\n');
      }
    } finally {
      matrix.dispose();
    }

    return text.toString();
  }

  /** Writes a day's loans as CSV and returns the file. */
  public Path csv(String day) throws IOException {
    Path file = directory.resolve(day + ".csv");
    String text = HEADER + "\n" + String.join("\n", lines(day)) + "\n";
    return Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}
