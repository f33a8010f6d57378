package io.paritree.model.manifest;

import io.paritree.Fault;
import io.paritree.feature.BooleanFeature;
import io.paritree.feature.CategoryCodeFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.OffsetFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.TimestampPart;
import io.paritree.feature.Unseen;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import io.paritree.xgboost.RecordedCategories;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads one feature of a manifest.
 *
 * <p>Which keys a feature may have depends on its {@code type}; a key of another type is refused.
 * Each part of a timestamp is a separate type. By default, {@code column} is the name and {@code
 * nullable} is true. A number whose {@code role} is {@code offset} must be present, unless it has a
 * {@code default}.
 */
final class FeatureParser {
  static final String NAME = "name";
  static final String COLUMN = "column";
  static final String TYPE = "type";
  static final String NULLABLE = "nullable";
  static final String MISSING = "missing";
  static final String MIN = "min";
  static final String MAX = "max";
  static final String CATEGORIES = "categories";
  static final String UNSEEN = "unseen";
  static final String ZONE = "zone";
  static final String ROLE = "role";
  static final String OFFSET = "offset";
  static final String DEFAULT = "default";
  static final String VALUES = "values";
  static final String OTHER = "other";
  static final String OF = "of";
  static final String STEPS = "steps";
  static final String IF_MISSING = "if_missing";
  static final String GROUP = "group";
  static final String REASON = "reason";

  /** The value of {@link #REASON} of a feature that is never named as one. */
  static final String NEVER = "never";

  static final String UP = "up";
  static final String DOWN = "down";
  static final String CODE = "code";
  static final String TEXT = "text";

  static final String NUMBER = "number";
  static final String BOOLEAN = "boolean";
  static final String CATEGORY = "category";
  static final String MAPPED = "mapped";

  /** The value of {@link #CATEGORIES} which says that the values are codes. */
  static final String CODES = "codes";

  static final String UNSEEN_MISSING = "missing";
  static final String UNSEEN_REJECT = "reject";
  static final String UNSEEN_AS = "as";

  private static final Set<String> COMMON =
      Set.of(NAME, COLUMN, TYPE, NULLABLE, MISSING, GROUP, REASON);
  private static final Map<String, Set<String>> KEYS_BY_TYPE = keysByType();
  private static final Set<String> OF_OFFSETS =
      Set.of(NAME, COLUMN, TYPE, ROLE, DEFAULT, MISSING, MIN, MAX);
  private static final Map<String, TimestampPart> PARTS =
      Arrays.stream(TimestampPart.values())
          .collect(Collectors.toUnmodifiableMap(TimestampPart::key, part -> part));

  private final StrictJson json;
  private final boolean isManifest;
  private final Set<String> given = new HashSet<>();

  private String name;
  private Optional<String> column = Optional.empty();
  private String type;
  private boolean nullable = true;
  private final List<Object> missing = new ArrayList<>();
  private double min = Double.NEGATIVE_INFINITY;
  private double max = Double.POSITIVE_INFINITY;
  private Optional<RecordedCategories> categories = Optional.empty();
  private boolean codes;
  private Optional<Unseen> unseen = Optional.empty();
  private Optional<ZoneId> zone = Optional.empty();
  private final TableParser table;
  private boolean isOffset;
  private OptionalDouble whereMissing = OptionalDouble.empty();
  private Optional<String> group = Optional.empty();
  private boolean never;
  private Optional<ReasonRule.Code> up = Optional.empty();
  private Optional<ReasonRule.Code> down = Optional.empty();

  private static Map<String, Set<String>> keysByType() {
    Map<String, Set<String>> keys = new HashMap<>();
    keys.put(NUMBER, Set.of(MIN, MAX, ROLE, IF_MISSING));
    keys.put(BOOLEAN, Set.of());
    keys.put(CATEGORY, Set.of(CATEGORIES, UNSEEN));
    keys.put(MAPPED, Set.of(VALUES, OTHER, OF, ZONE, IF_MISSING));
    keys.put(STEPS, Set.of(STEPS, OF, ZONE, MIN, MAX, IF_MISSING));
    for (TimestampPart part : TimestampPart.values()) {
      keys.put(part.key(), Set.of(ZONE));
    }

    return Map.copyOf(keys);
  }

  /**
   * @param isManifest whether the feature is one of a manifest, in which a category without {@code
   *     categories}, in neither manifest nor model file, has codes as values
   */
  FeatureParser(StrictJson json, boolean isManifest) {
    this.json = json;
    this.isManifest = isManifest;
    this.table = new TableParser(json);
  }

  /** Reads the feature at the current token; called once. */
  FeatureForm read() throws BrokenJsonException {
    Map<String, StrictJson.Value> members = new HashMap<>();
    members.put(NAME, () -> name = notEmpty());
    members.put(COLUMN, () -> column = Optional.of(notEmpty()));
    members.put(TYPE, () -> type = oneOf(KEYS_BY_TYPE.keySet()));
    members.put(NULLABLE, () -> nullable = json.truth());
    members.put(MISSING, () -> json.list(() -> missing.add(numberOrText())));
    members.put(MIN, () -> min = json.floatNumber());
    members.put(MAX, () -> max = json.floatNumber());
    members.put(CATEGORIES, this::readCategories);
    members.put(UNSEEN, () -> unseen = Optional.of(unseen()));
    members.put(ZONE, () -> zone = Optional.of(zone()));
    members.put(VALUES, table::readValues);
    members.put(OTHER, table::readOther);
    members.put(OF, table::readOf);
    members.put(STEPS, table::readSteps);
    members.put(IF_MISSING, table::readIfMissing);
    members.put(ROLE, () -> isOffset = oneOf(Set.of(OFFSET)).equals(OFFSET));
    members.put(DEFAULT, () -> whereMissing = OptionalDouble.of(json.number()));
    members.put(GROUP, () -> group = Optional.of(notEmpty()));
    members.put(REASON, this::readReason);
    members.replaceAll(
        (key, member) ->
            () -> {
              given.add(key);
              member.read();
            });
    json.object(members, Set.of(NAME, TYPE));

    checkKeys();

    if (!nullable && given.contains(IF_MISSING)) {
      throw json.refused(
          "feature '%s' has '%s', but must not be missing"
              .formatted(Fault.printable(name), IF_MISSING),
          null);
    }

    try {
      table.check(type);
      return form();
    } catch (IllegalArgumentException e) {
      throw json.refused(e.getMessage(), e);
    }
  }

  private void checkKeys() throws BrokenJsonException {
    boolean isOffsetNumber = isOffset && type.equals(NUMBER);
    Set<String> foreign = new TreeSet<>(given);
    if (isOffsetNumber) {
      foreign.removeAll(OF_OFFSETS);
    } else {
      foreign.removeAll(COMMON);
      foreign.removeAll(KEYS_BY_TYPE.get(type));
    }

    if (!foreign.isEmpty()) {
      throw json.refused(
          isOffsetNumber
              ? "offset '%s' cannot have %s: it is no reason, and must be present unless it has a '%s'"
                  .formatted(Fault.printable(name), foreign, DEFAULT)
              : "feature '%s' of type '%s' cannot have %s"
                  .formatted(Fault.printable(name), type, foreign),
          null);
    }
  }

  /** Returns what has been read of the feature as a reason. */
  ReasonRule reason() {
    return new ReasonRule(group, never, up, down);
  }

  private FeatureForm form() {
    String reads = column.orElse(name);
    Sentinels sentinels = Sentinels.of(missing);
    if (isOffset) {
      return new FeatureForm.Complete(
          new OffsetFeature(name, reads, sentinels, min, max, whereMissing));
    }

    return switch (type) {
      case NUMBER ->
          new FeatureForm.Complete(
              new NumberFeature(name, reads, sentinels, min, max, nullable, table.ifMissing()));
      case BOOLEAN ->
          new FeatureForm.Complete(new BooleanFeature(name, reads, sentinels, nullable));
      case CATEGORY -> category(reads, sentinels);
      case MAPPED -> new FeatureForm.Complete(table.mapped(name, reads, zone, sentinels, nullable));
      case STEPS ->
          new FeatureForm.Complete(table.steps(name, reads, zone, min, max, sentinels, nullable));
      default ->
          new FeatureForm.Complete(
              new TimestampFeature(name, reads, PARTS.get(type), zone, sentinels, nullable));
    };
  }

  private FeatureForm category(String reads, Sentinels sentinels) {
    if (codes) {
      if (unseen.isPresent()) {
        throw new IllegalArgumentException(
            "Cannot use 'unseen' of feature '%s': its values are codes, and none is unseen"
                .formatted(name));
      }

      return new FeatureForm.Complete(new CategoryCodeFeature(name, reads, sentinels, nullable));
    }

    FeatureForm.FromModel form =
        new FeatureForm.FromModel(name, reads, unseen, sentinels, nullable, isManifest);
    return categories.isPresent() ? new FeatureForm.Complete(form.with(categories.get())) : form;
  }

  private String notEmpty() throws BrokenJsonException {
    String text = json.text();
    if (text.isEmpty()) {
      throw json.wrong("a text that is not empty");
    }

    return text;
  }

  private String oneOf(Set<String> known) throws BrokenJsonException {
    String text = json.text();
    if (!known.contains(text)) {
      throw json.wrong("one of %s".formatted(new TreeSet<>(known)));
    }

    return text;
  }

  private Object numberOrText() throws BrokenJsonException {
    if (json.isText()) {
      return json.text();
    }

    if (json.isNumber()) {
      return json.number();
    }

    throw json.wrong("a number or a text");
  }

  private void readCategories() throws BrokenJsonException {
    if (json.isText()) {
      codes = oneOf(Set.of(CODES)).equals(CODES);
    } else {
      categories = Optional.of(categories());
    }
  }

  private RecordedCategories categories() throws BrokenJsonException {
    List<String> texts = new ArrayList<>();
    List<Long> integers = new ArrayList<>();
    json.list(
        () -> {
          if (json.isText() && integers.isEmpty()) {
            texts.add(json.text());
          } else if (!json.isText() && texts.isEmpty()) {
            integers.add(json.integer(-(1L << 53) + 1, (1L << 53) - 1));
          } else {
            throw json.wrong("categories that are all text or all whole numbers");
          }
        });
    if (texts.isEmpty() && integers.isEmpty()) {
      throw json.refused(
          "got no category, expected at least one; without this key the model file's own are used",
          null);
    }

    return texts.isEmpty()
        ? new RecordedCategories.Integers(integers)
        : new RecordedCategories.Texts(texts);
  }

  private Unseen unseen() throws BrokenJsonException {
    if (json.isObject()) {
      List<String> other = new ArrayList<>();
      json.object(
          Map.of(
              UNSEEN_AS,
              () ->
                  other.add(
                      json.isNumber()
                          ? String.valueOf(json.integer(-(1L << 53) + 1, (1L << 53) - 1))
                          : json.text())),
          Set.of(UNSEEN_AS));
      return new Unseen.Category(other.get(0));
    }

    return switch (json.isText() ? json.text() : "") {
      case UNSEEN_MISSING -> new Unseen.Missing();
      case UNSEEN_REJECT -> new Unseen.Reject();
      default ->
          throw json.wrong(
              "'%s', '%s' or {\"%s\": category}"
                  .formatted(UNSEEN_MISSING, UNSEEN_REJECT, UNSEEN_AS));
    };
  }

  private void readReason() throws BrokenJsonException {
    if (json.isText()) {
      never = oneOf(Set.of(NEVER)).equals(NEVER);
      return;
    }

    json.object(
        Map.of(UP, () -> up = Optional.of(code()), DOWN, () -> down = Optional.of(code())),
        Set.of());
    if (up.isEmpty() && down.isEmpty()) {
      throw json.refused(
          "got a reason without a code, expected '%s', '%s', or both".formatted(UP, DOWN), null);
    }
  }

  private ReasonRule.Code code() throws BrokenJsonException {
    Map<String, String> texts = new HashMap<>();
    json.object(
        Map.of(CODE, () -> texts.put(CODE, notEmpty()), TEXT, () -> texts.put(TEXT, notEmpty())),
        Set.of(CODE));
    return new ReasonRule.Code(texts.get(CODE), Optional.ofNullable(texts.get(TEXT)));
  }

  private ZoneId zone() throws BrokenJsonException {
    try {
      return ZoneId.of(json.text());
    } catch (DateTimeException e) {
      throw json.wrong("a time zone such as 'Europe/Berlin' or 'UTC'");
    }
  }
}
