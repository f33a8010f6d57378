package io.paritree.model.seal;

import io.paritree.Fault;
import io.paritree.NameList;
import io.paritree.feature.BooleanFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Sentinels;
import io.paritree.model.manifest.FeatureForm;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.model.mlflow.MlflowModel;
import io.paritree.model.mlflow.MlflowSignature;
import io.paritree.model.rows.CsvRows;
import io.paritree.model.rows.InputException;
import io.paritree.model.rows.SpelledCell;
import io.paritree.record.CsvLines;
import io.paritree.record.RecordFormatException;
import io.paritree.xgboost.CutTexts;
import io.paritree.xgboost.RecordedCategories;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A schema to edit: names from the model, types from rows, vocabularies from the model file, and
 * the offsets that are stated.
 *
 * <p>What rows do not show, such as the order of the categories of an older model or which part of
 * a timestamp is meant, is given as advice. Numbers that look like sentinels, and texts that spell
 * missing values in a column of numbers, are proposed as {@code missing}, with advice to check.
 */
public final class SchemaDraft {
  private static final long MAX_ROWS = 100_000;
  private static final String MLFLOW_TEXT = "string";

  private final List<FeatureForm> features = new ArrayList<>();
  private final List<String> advice = new ArrayList<>();
  private final XgboostModel model;
  private final SchemaForm plain;
  private final List<MlflowSignature.Column> signature;
  private boolean isStrict;

  /**
   * @param plain the schema that follows from the model alone
   */
  public SchemaDraft(SealSource source, SchemaForm plain) {
    this.model = source.model();
    this.plain = plain;
    this.signature = source.mlflow().map(MlflowModel::columns).orElse(List.of());
  }

  /** From now on, {@link #read} drafts features that accept only what the rows show. */
  public void strict() {
    isStrict = true;
  }

  /**
   * Returns a schema whose features read the first columns of a CSV file, in its order.
   *
   * @param plain the schema that follows from the model alone
   * @param path names the file
   * @throws InputException if the model names its features, or the file has fewer columns
   */
  public static SchemaForm byPosition(XgboostModel model, SchemaForm plain, String path)
      throws InputException, IOException {
    if (model.featureNames().isPresent()) {
      throw new InputException(
          "Cannot read columns by position: the model file names its features, so columns are found by name");
    }

    try (CsvLines lines = CsvRows.lines(path)) {
      List<String> columns = lines.columns();
      if (columns.size() < model.width()) {
        throw new InputException(
            "Cannot read columns by position: %s has %s columns, and the model has %s features"
                .formatted(path, columns.size(), model.width()));
      }

      List<String> byPosition = columns.subList(0, model.width());
      for (FeatureForm form : plain.features()) {
        if (form.isOffset() && byPosition.contains(form.column())) {
          throw new InputException(
              "Cannot read columns by position: the offset '%s' is among the first %s columns of %s, which the features read; put it after them"
                  .formatted(form.column(), model.width(), path));
        }
      }

      List<FeatureForm> features = new ArrayList<>();
      for (int index = 0; index < plain.features().size(); index++) {
        FeatureForm form = plain.features().get(index);
        features.add(form.isOffset() ? form : form.reading(columns.get(index)));
      }

      return new SchemaForm(features, plain.outputs());
    }
  }

  /**
   * Reads the rows of a CSV file, at most 100,000 of them.
   *
   * @param path names the file
   */
  public void read(String path) throws InputException, IOException {
    try (CsvLines lines = CsvRows.lines(path)) {
      if (!lines.otherSeparator().isEmpty()) {
        throw new InputException(
            "Cannot use the rows of %s%s".formatted(path, lines.otherSeparator()));
      }

      List<ColumnCells> columns = new ArrayList<>();
      lines.columns().forEach(name -> columns.add(new ColumnCells()));
      boolean isRead = readRows(lines, columns);

      List<String> lacking = new ArrayList<>();
      List<String> neverMissing = new ArrayList<>();
      for (int index = 0; index < plain.features().size(); index++) {
        FeatureForm form = plain.features().get(index);
        int column = lines.column(form.column());
        if (form.isOffset()) {
          features.add(offset(index, column < 0, path));
        } else if (column < 0) {
          lacking.add(form.column());
          features.add(form);
        } else {
          ColumnCells cells = columns.get(column);
          FeatureForm drafted = feature(index, cells, isRead);
          features.add(isStrict ? ShownValues.only(drafted, cells) : drafted);
          if (ShownValues.lackMissing(features.get(index), cells)) {
            neverMissing.add(form.name());
          }
        }
      }

      if (isStrict) {
        advice.add(
            "--strict: missing values and numbers of which %s has no example are refused; widen \"nullable\", \"min\" and \"max\" to what later rows may have%s"
                .formatted(
                    path, isRead ? "" : "; only the first %s rows were read".formatted(MAX_ROWS)));
      }

      if (!neverMissing.isEmpty()) {
        advice.add(
            "no row of %s lacks %s: nothing shows how the trainer scores missing values of them; \"nullable\": false refuses such records (--strict sets it for all)"
                .formatted(path, NameList.examples(neverMissing)));
      }

      lines.lacking(lacking).ifPresent(names -> advice.add(withoutColumns(names, path)));
    } catch (RecordFormatException e) {
      throw new InputException(e.getMessage(), e);
    }
  }

  /** Reads rows up to the limit; returns whether these were all. */
  private static boolean readRows(CsvLines lines, List<ColumnCells> columns)
      throws IOException, RecordFormatException {
    for (long row = 0; row < MAX_ROWS; row++) {
      if (!lines.next()) {
        return true;
      }

      for (int cell = 0; cell < columns.size(); cell++) {
        columns.get(cell).add(cell < lines.cells() ? lines.text(cell) : "");
      }
    }

    return !lines.next();
  }

  public SchemaForm schema() {
    List<FeatureForm> drafted = new ArrayList<>();
    for (int index = 0; index < plain.features().size(); index++) {
      FeatureForm form = features.isEmpty() ? plain.features().get(index) : features.get(index);
      drafted.add(withVocabulary(index, form));
    }

    return new SchemaForm(drafted, plain.outputs());
  }

  /** Returns what the draft cannot know, one line each. */
  public List<String> advice() {
    List<String> all = new ArrayList<>(advice);
    for (int index = 0; features.isEmpty() && index < plain.features().size(); index++) {
      FeatureForm form = plain.features().get(index);
      Optional<RecordedCategories> own = model.categories(index);
      if (own.isPresent() && own.get() instanceof CutTexts cut) {
        all.add(cutAdvice(form, cut.values()));
      } else if (form instanceof FeatureForm.FromModel && own.isEmpty()) {
        all.add(
            "'%s': the model file does not list this category's values; give all of the trainer's, in its order, as \"categories\" (--rows proposes them), or \"codes\" if they are the codes themselves"
                .formatted(Fault.printable(form.name())));
      }
    }

    return all;
  }

  private static String cutAdvice(FeatureForm form, List<String> names) {
    String done =
        names.stream().anyMatch(name -> name.contains(CutTexts.LACKING))
            ? "give the trainer's name for each that has %s, which stands for a character that the file lacks (--rows completes what the rows show)"
                .formatted(CutTexts.LACKING)
            : "what it lacks is completed from the rows; check it with seal --expected";
    return "'%s': XGBoost 3.1 to 3.3 cut the names of a pandas frame's categories that are not ASCII, so the model file has those in \"categories\" only in part: %s"
        .formatted(Fault.printable(form.name()), done);
  }

  private static FeatureForm withCategories(
      FeatureForm form, RecordedCategories categories, Sentinels missing) {
    return new FeatureForm.Complete(
        new FeatureForm.FromModel(
                form.name(), form.column(), Optional.empty(), missing, true, false)
            .with(categories));
  }

  private FeatureForm withVocabulary(int index, FeatureForm form) {
    Optional<RecordedCategories> own = model.categories(index);
    if (form instanceof FeatureForm.FromModel && own.orElse(null) instanceof CutTexts cut) {
      return withCategories(form, new RecordedCategories.Texts(cut.values()), Sentinels.NONE);
    }

    return form instanceof FeatureForm.FromModel && own.isPresent()
        ? new FeatureForm.Complete(form.bind(own))
        : form;
  }

  private FeatureForm offset(int index, boolean isAbsent, String path) {
    FeatureForm form = plain.features().get(index);
    if (isAbsent) {
      advice.add(
          "'%s': %s has no such column, and each row needs its offset; give the column to read as \"column\""
              .formatted(Fault.printable(form.name()), path));
    }

    return form;
  }

  private String withoutColumns(String names, String path) {
    return "%s: %s has no such column; give the column to read as \"column\", or a part of a timestamp such as \"hour\" as \"type\"%s"
        .formatted(
            names,
            path,
            model.featureNames().isPresent()
                ? ""
                : ", or all at once with --by-position: the model file has no names");
  }

  private FeatureForm feature(int index, ColumnCells column, boolean isRead) {
    FeatureForm form = plain.features().get(index);
    if (form instanceof FeatureForm.FromModel) {
      if (model.categories(index).orElse(null) instanceof CutTexts cut) {
        List<String> names =
            cut.completed(
                column.texts().stream().filter(cell -> !CategoryGuess.isMissing(cell)).toList());
        advice.add(cutAdvice(form, names));
        return withCategories(form, new RecordedCategories.Texts(names), Sentinels.NONE);
      }

      return model.categories(index).isPresent() ? form : category(index, form, column, isRead);
    }

    return number(((FeatureForm.Complete) form).feature(), column);
  }

  /**
   * Guesses a category's vocabulary. If it lacks some of the trainer's categories, the codes of the
   * others are shifted, so the advice asks for a check.
   *
   * @param isRead whether all rows were read
   */
  private FeatureForm category(int index, FeatureForm form, ColumnCells column, boolean isRead) {
    String name = form.name();
    String start =
        "'%s': the model file does not list this category's values, "
            .formatted(Fault.printable(name));
    Optional<CategoryGuess> guessed =
        column.hasTooMany()
            ? Optional.empty()
            : CategoryGuess.of(column.texts(), isText(index, name), model.largestCode(index) + 1);
    if (guessed.isEmpty()) {
      advice.add(
          start
              + "and the rows have %s; give all of the trainer's, in its order, as \"categories\", or \"codes\" if they are the codes themselves"
                  .formatted(
                      column.hasTooMany() ? "more than " + ColumnCells.MAX_CATEGORIES : "none"));
      return form;
    }

    CategoryGuess guess = guessed.get();
    List<String> doubts = new ArrayList<>(guess.doubts());
    if (!isRead) {
      doubts.add("only the first %s rows were read".formatted(MAX_ROWS));
    }

    int size = guess.categories().size();
    if (model.largestCode(index) >= size) {
      doubts.add(
          "the rows show %s values, but the model splits on code %s: add those that they lack, at their places, or give \"codes\" if the values are codes"
              .formatted(size, model.largestCode(index)));
    }

    advice.add(
        start
            + "so \"categories\" is a guess: those of the rows in ascending order, as pandas codes them; one that the rows lack shifts the codes of others. Check it with seal --expected"
            + doubts.stream().map(doubt -> "; " + doubt).collect(Collectors.joining()));
    return withCategories(form, guess.categories(), guess.missing());
  }

  /** Returns whether MLflow's signature says that the values are text. */
  private boolean isText(int index, String name) {
    for (int at = 0; at < signature.size(); at++) {
      MlflowSignature.Column input = signature.get(at);
      if (input.name().isEmpty() ? at == index : input.name().equals(name)) {
        return input.type().equals(MLFLOW_TEXT);
      }
    }

    return false;
  }

  private FeatureForm number(Feature feature, ColumnCells column) {
    String name = Fault.printable(feature.name());
    if (column.isTruths()) {
      return new FeatureForm.Complete(
          new BooleanFeature(feature.name(), feature.column(), feature.sentinels(), true));
    }

    List<Object> missing = new ArrayList<>();
    if (feature.kind() == Feature.Kind.NUMBER) {
      missing.addAll(column.farNumbers());
      missing.removeAll(feature.sentinels().numbers());
    }

    List<String> words = column.words();
    Set<SpelledCell.Kind> kinds = new TreeSet<>();
    boolean isKnown = !column.hasTooManyWords();
    for (String word : words) {
      Optional<SpelledCell> spelled = SpelledCell.of(word);
      spelled.map(SpelledCell::kind).ifPresent(kinds::add);
      isKnown &= spelled.isPresent();
    }

    if (isKnown && kinds.equals(Set.of(SpelledCell.Kind.MISSING))) {
      missing.addAll(words);
    } else if (column.isText()) {
      String cure =
          isKnown
              ? String.join("; ", kinds.stream().map(SpelledCell.Kind::cure).toList())
              : "give texts that mean a missing value as \"missing\", a part of a timestamp as \"type\", or another \"column\"; if the trainer encoded the texts as numbers (LabelEncoder), write the numbers";
      advice.add(
          "'%s': the model reads a number, but the column holds text such as '%s'; %s"
              .formatted(name, Fault.printable(words.get(0)), cure));
    }

    if (missing.isEmpty()) {
      return new FeatureForm.Complete(feature);
    }

    advice.add(
        "'%s': %s look like missing values and are proposed as \"missing\"; that is a guess, check it with seal --expected"
            .formatted(name, Fault.printable(missing.toString())));
    missing.addAll(feature.sentinels().numbers());
    Sentinels sentinels = Sentinels.of(missing);
    return new FeatureForm.Complete(
        feature.kind() == Feature.Kind.BOOLEAN
            ? new BooleanFeature(feature.name(), feature.column(), sentinels, true)
            : new NumberFeature(
                feature.name(),
                feature.column(),
                sentinels,
                Double.NEGATIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                true));
  }
}
