package io.paritree.model.seal;

import io.paritree.Fault;
import io.paritree.NameList;
import io.paritree.feature.BooleanFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Sentinels;
import io.paritree.model.layout.MlflowModel;
import io.paritree.model.layout.MlflowSignature;
import io.paritree.model.manifest.FeatureForm;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.model.rows.CsvRows;
import io.paritree.model.rows.FaultSummary;
import io.paritree.model.rows.InputException;
import io.paritree.record.CsvLines;
import io.paritree.record.RecordFormatException;
import io.paritree.xgboost.RecordedCategories;
import io.paritree.xgboost.XgboostModel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A schema to edit: names from the model, types from rows, vocabularies from the model file, and
 * the offsets that are stated.
 *
 * <p>It states what the rows show, and asks for the rest as advice: the order of the categories of
 * an older model, numbers that may mean a missing value, which part of a timestamp is meant.
 */
public final class SchemaDraft {
  private static final long MAX_ROWS = 100_000;
  private static final String MLFLOW_TEXT = "string";

  private final List<FeatureForm> features = new ArrayList<>();
  private final List<String> advice = new ArrayList<>();
  private final XgboostModel model;
  private final SchemaForm plain;
  private final List<MlflowSignature.Column> signature;

  /**
   * @param plain the schema that follows from the model alone
   */
  public SchemaDraft(SealSource source, SchemaForm plain) {
    this.model = source.model();
    this.plain = plain;
    this.signature = source.mlflow().map(MlflowModel::columns).orElse(List.of());
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
          features.add(drafted);
          if (!cells.anyMissing(missing(drafted))) {
            neverMissing.add(form.name());
          }
        }
      }

      if (!neverMissing.isEmpty()) {
        advice.add(
            "no row of %s lacks %s: nothing shows how the trainer scores missing values of them; \"nullable\": false refuses such records"
                .formatted(path, NameList.examples(neverMissing)));
      }

      lines.lacking(lacking).ifPresent(names -> advice.add(withoutColumns(names, path)));
    } catch (RecordFormatException e) {
      throw new InputException(e.getMessage(), e);
    }
  }

  private static Sentinels missing(FeatureForm form) {
    return form instanceof FeatureForm.FromModel category
        ? category.missing()
        : ((FeatureForm.Complete) form).feature().sentinels();
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
      if (own.isPresent() && own.get() instanceof RecordedCategories.Doubtful) {
        all.add(doubtfulAdvice(form));
      } else if (form instanceof FeatureForm.FromModel && own.isEmpty()) {
        all.add(
            "'%s': the model file does not list this category's values; give all of the trainer's, in its order, as \"categories\" (--rows proposes them), or \"codes\" if they are the codes themselves"
                .formatted(Fault.printable(form.name())));
      }
    }

    return all;
  }

  private static String doubtfulAdvice(FeatureForm form) {
    return "'%s': %s; see whether those in \"categories\" are the trainer's, and train the model again with 3.4 or newer if not"
        .formatted(Fault.printable(form.name()), RecordedCategories.Doubtful.WHY);
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
    if (form instanceof FeatureForm.FromModel
        && own.orElse(null) instanceof RecordedCategories.Doubtful names) {
      return withCategories(form, new RecordedCategories.Texts(names.values()), Sentinels.NONE);
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
      if (model.categories(index).orElse(null) instanceof RecordedCategories.Doubtful) {
        advice.add(doubtfulAdvice(form));
      }

      return model.categories(index).isPresent() ? form : category(index, form, column, isRead);
    }

    return number(((FeatureForm.Complete) form).feature(), column);
  }

  /**
   * Drafts the vocabulary that the rows show. If it lacks some of the trainer's categories, the
   * codes of the others are shifted, so the advice asks for them.
   *
   * @param isRead whether all rows were read
   */
  private FeatureForm category(int index, FeatureForm form, ColumnCells column, boolean isRead) {
    String name = form.name();
    String start =
        "'%s': the model file does not list this category's values, "
            .formatted(Fault.printable(name));
    Optional<ShownCategories> shown =
        column.hasTooMany()
            ? Optional.empty()
            : ShownCategories.of(column.texts(), isText(index, name));
    if (shown.isEmpty()) {
      advice.add(
          start
              + "and the rows have %s; give all of the trainer's, in its order, as \"categories\", or \"codes\" if they are the codes themselves"
                  .formatted(
                      column.hasTooMany() ? "more than " + ColumnCells.MAX_CATEGORIES : "none"));
      return form;
    }

    int size = shown.get().categories().size();
    boolean isCode = shown.get().categories() instanceof RecordedCategories.Integers;
    advice.add(
        start
            + "so \"categories\" has the %s of the rows, ascending%s: give all of the trainer's, in its order%s. Check it with seal --expected"
                .formatted(
                    size,
                    isRead ? "" : ", of which only the first %s were read".formatted(MAX_ROWS),
                    isCode
                        ? " (in quotes if they were text for it), or \"codes\" if they are the codes themselves"
                        : ""));
    if (!shown.get().missing().equals(Sentinels.NONE)) {
      advice.add(
          "'%s': %s are \"missing\", as pandas reads them; move those that are values to \"categories\""
              .formatted(
                  Fault.printable(name),
                  NameList.examples(shown.get().missing().texts().stream().sorted().toList())));
    }

    if (model.largestCode(index) >= size) {
      advice.add(
          "'%s': the rows show %s values, but the model splits on code %s: add those that they lack, at their places"
              .formatted(Fault.printable(name), size, model.largestCode(index)));
    }

    return withCategories(form, shown.get().categories(), shown.get().missing());
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

    if (feature.kind() == Feature.Kind.NUMBER) {
      List<Double> far = new ArrayList<>(column.farNumbers());
      far.removeAll(feature.sentinels().numbers());
      if (!far.isEmpty()) {
        advice.add(
            "'%s': %s are far from all other numbers; give them as \"missing\" if that is what they meant to the trainer"
                .formatted(name, far));
      }
    }

    List<Object> missing = new ArrayList<>(column.words());
    boolean isMissing =
        !column.hasTooManyWords() && column.words().stream().allMatch(ShownCategories::isMissing);
    if (column.isText() && !isMissing) {
      advice.add(
          "'%s': the model reads a number, but the column holds text such as '%s'; %s; or give a part of a timestamp as \"type\", or another \"column\"; if the trainer encoded the texts as numbers (LabelEncoder), write the numbers"
              .formatted(name, Fault.printable(column.words().get(0)), FaultSummary.OTHER_TEXT));
    }

    if (!isMissing || missing.isEmpty()) {
      return new FeatureForm.Complete(feature);
    }

    advice.add(
        "'%s': %s are \"missing\", as pandas reads them"
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
