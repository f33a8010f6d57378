package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.feature.Feature;
import io.paritree.feature.MappedFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.TableFeature;
import io.paritree.feature.VocabularyFeature;
import io.paritree.xgboost.RecordedCategories;
import io.paritree.xgboost.XgboostModel;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checks that a schema and a model file describe the same inputs.
 *
 * <p>The widths must be equal and, where the model file has names, the names and their order. A
 * feature that the model treats as a category must be one in the schema, and vice versa unless the
 * model file records no types. Where both have a vocabulary, the two must be equal. A vocabulary
 * must have every code that the model splits on. Names that the model file has only in part must
 * agree with these parts. There is an offset for each output, or none.
 */
public final class SchemaFit {
  private static final int MAX_CODE = (1 << 24) - 1;

  private SchemaFit() {}

  /**
   * @param origin names the manifest or schema file in messages
   * @throws CorruptModelException naming the first feature that does not fit
   */
  public static void check(String origin, Schema schema, XgboostModel model)
      throws CorruptModelException {
    if (schema.modelWidth() != model.width()) {
      throw new CorruptModelException(
          "Cannot use the schema of %s: it has %s features, but the model file has %s"
              .formatted(origin, schema.modelWidth(), model.width()));
    }

    int offsets = schema.offsets().size();
    if (offsets != 0 && offsets != model.outputs()) {
      throw new CorruptModelException(
          "Cannot use the schema of %s: the number of its offsets is %s, but the model has %s outputs, and each of them begins with an offset of its own"
              .formatted(origin, offsets, model.outputs()));
    }

    for (int index = 0; index < schema.modelWidth(); index++) {
      Feature feature = schema.features().get(index);
      checkName(origin, index, feature, model);
      checkType(origin, index, feature, model);
    }
  }

  private static void checkName(String origin, int index, Feature feature, XgboostModel model)
      throws CorruptModelException {
    List<String> names = model.featureNames().orElse(List.of());
    if (!names.isEmpty() && !names.get(index).equals(feature.name())) {
      throw new CorruptModelException(
          "Cannot use the schema of %s at /features/%s: it is named '%s', but the model file names feature %s '%s'; if the column that is read has another name, give it as \"column\""
              .formatted(
                  origin,
                  index,
                  Fault.printable(feature.name()),
                  index,
                  Fault.printable(names.get(index))));
    }
  }

  private static void checkType(String origin, int index, Feature feature, XgboostModel model)
      throws CorruptModelException {
    if (feature instanceof TableFeature table && model.categorical(index)) {
      checkCodes(origin, index, table, model);
      return;
    }

    boolean category = feature.kind().isCategory();
    if (model.categorical(index) && !category) {
      throw misfit(origin, index, feature, "it is not a category, but the model treats it as one");
    }

    Optional<List<String>> types = model.featureTypes();
    if (category && types.isPresent() && !model.categorical(index)) {
      throw misfit(
          origin,
          index,
          feature,
          "it is a category, but the model treats it as a number of type '%s'"
              .formatted(Fault.printable(types.get().get(index))));
    }

    Optional<RecordedCategories> own = model.categories(index);
    boolean isListed =
        own.filter(names -> !(names instanceof RecordedCategories.Doubtful)).isPresent();
    if (isListed && feature.kind() == Feature.Kind.CATEGORY_CODE) {
      throw misfit(
          origin, index, feature, "it is a bare code, but the model file has its categories");
    }

    if (feature instanceof VocabularyFeature vocabulary) {
      if (model.largestCode(index) >= vocabulary.vocabulary().size()) {
        throw misfit(
            origin,
            index,
            feature,
            "it has %s categories, but the model file splits on code %s; give all that the trainer had, each at its place: those that no row has, too"
                .formatted(vocabulary.vocabulary().size(), model.largestCode(index)));
      }

      if (own.isPresent()) {
        checkVocabulary(origin, index, vocabulary, own.get());
      }
    }
  }

  /** Checks that a table gives codes of categories. */
  private static void checkCodes(String origin, int index, TableFeature feature, XgboostModel model)
      throws CorruptModelException {
    if (!(feature instanceof MappedFeature mapped)) {
      throw misfit(origin, index, feature, "it has steps, but the model treats it as a category");
    }

    int codes = model.categories(index).map(own -> own.values().size()).orElse(MAX_CODE + 1);
    Stream<TableFeature.Slot> slots =
        Stream.concat(
            mapped.entries().stream().map(MappedFeature.Entry::slot),
            Stream.of(mapped.other(), new TableFeature.Slot(mapped.ifMissing(), false)));
    Optional<TableFeature.Slot> wrong =
        slots
            .filter(slot -> !slot.isRejected() && !slot.isMissing())
            .filter(
                slot ->
                    slot.value() != (int) slot.value() || slot.value() < 0 || slot.value() >= codes)
            .findFirst();
    if (wrong.isPresent()) {
      throw misfit(
          origin,
          index,
          feature,
          "it has the slot %s, but the model treats it as a category with codes from 0 to %s"
              .formatted(wrong.get().value(), codes - 1));
    }
  }

  private static void checkVocabulary(
      String origin, int index, VocabularyFeature feature, RecordedCategories own)
      throws CorruptModelException {
    List<?> here = feature.vocabulary();
    List<?> there = own.values();
    if (here.equals(there)) {
      return;
    }

    int at = 0;
    while (at < here.size() && at < there.size() && here.get(at).equals(there.get(at))) {
      at++;
    }

    throw misfit(
        origin,
        index,
        feature,
        "its categories differ from those of the model file at code %s: %s in the schema, %s in the model file%s"
            .formatted(
                at,
                shown(here, at),
                shown(there, at),
                own instanceof RecordedCategories.Doubtful
                    ? "; "
                        + RecordedCategories.Doubtful.WHY
                        + ": train the model again with 3.4 or newer"
                    : ""));
  }

  private static String shown(List<?> values, int at) {
    return at < values.size()
        ? "'%s'".formatted(Fault.printable(String.valueOf(values.get(at))))
        : "none";
  }

  private static CorruptModelException misfit(
      String origin, int index, Feature feature, String why) {
    return new CorruptModelException(
        "Cannot use the schema of %s at /features/%s ('%s'): %s"
            .formatted(origin, index, Fault.printable(feature.name()), why));
  }
}
