package io.paritree.profile;

import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;

/** Reads what {@link Profile} writes. For one document. */
final class ProfileReader {
  private final StrictJson json;
  private final Predicate<String> fields;
  private final Map<String, Long> wholes = new LinkedHashMap<>();
  private final List<FeatureProfile> features = new ArrayList<>();
  private final List<OutputProfile> outputs = new ArrayList<>();
  private final List<MarginProfile> margins = new ArrayList<>();
  private final Map<String, Map<String, Long>> faults = new LinkedHashMap<>();

  /**
   * @param json its current token is the first of the profile
   * @param fields says of which fields the features are read
   */
  ProfileReader(StrictJson json, Predicate<String> fields) {
    this.json = json;
    this.fields = fields;
  }

  Profile read() throws BrokenJsonException {
    json.object(
        Map.of(
            "format",
            () -> json.integer(Profile.FORMAT, Profile.FORMAT),
            "rows",
            () -> whole("rows"),
            "scored",
            () -> whole("scored"),
            "sampled",
            () -> whole("sampled"),
            "explained",
            () -> whole("explained"),
            "features",
            () -> json.list(this::readFeature),
            "outputs",
            () -> json.list(() -> outputs.add(output())),
            "margins",
            () -> json.list(() -> margins.add(margin())),
            "faults",
            () -> json.namedValues(field -> faults.put(field, codes()))),
        Set.of("format", "rows", "scored", "sampled", "features", "outputs"));
    return new Profile(
        wholes.get("rows"),
        wholes.get("scored"),
        wholes.get("sampled"),
        wholes.getOrDefault("explained", 0L),
        features,
        outputs,
        margins,
        faults);
  }

  private void whole(String name) throws BrokenJsonException {
    wholes.put(name, count());
  }

  private long count() throws BrokenJsonException {
    return json.integer(0, Long.MAX_VALUE);
  }

  private Map<String, Long> codes() throws BrokenJsonException {
    Map<String, Long> codes = new LinkedHashMap<>();
    json.namedValues(code -> codes.put(code, count()));
    return codes;
  }

  /** The members of an object, of which each profile has some. */
  private final class Members {
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final Map<String, Double> numbers = new LinkedHashMap<>();
    private final List<Double> contributions = new ArrayList<>();
    private final List<Long> binCounts = new ArrayList<>();
    private final List<Integer> codes = new ArrayList<>();
    private final List<String> values = new ArrayList<>();
    private final List<Float> edges = new ArrayList<>();
    private boolean hasEdges;
    private boolean hasCodes;

    Members read(Set<String> known, Set<String> required) throws BrokenJsonException {
      Map<String, StrictJson.Value> members = new LinkedHashMap<>();
      for (String name : known) {
        members.put(name, () -> member(name));
      }

      json.object(members, required);
      return this;
    }

    private void member(String name) throws BrokenJsonException {
      switch (name) {
        case "feature", "field", "output" -> texts.put(name, json.text());
        case "missing", "unseen", "above" -> counts.put(name, count());
        case "mean", "base", "deviation" -> numbers.put(name, json.realDouble());
        case "contributions" -> json.list(() -> contributions.add(json.realDouble()));
        case BinCounts.COUNTS -> json.list(() -> binCounts.add(count()));
        case CategoryBins.VALUES -> json.list(() -> values.add(json.text()));
        case CategoryBins.CODES -> {
          hasCodes = true;
          json.list(() -> codes.add((int) json.integer(0, Integer.MAX_VALUE - 1)));
        }
        case NumberBins.EDGES -> {
          hasEdges = true;
          json.list(() -> edges.add(json.realFloat()));
        }
        default -> throw new IllegalArgumentException("Cannot read the member " + name);
      }
    }

    Optional<BinCounts> bins() throws BrokenJsonException {
      if (!hasEdges && !hasCodes) {
        return Optional.empty();
      }

      try {
        return Optional.of(
            new BinCounts(
                hasEdges ? new NumberBins(array(edges)) : new CategoryBins(codes, values),
                binCounts));
      } catch (IllegalArgumentException e) {
        throw json.refused(e.getMessage(), e);
      }
    }
  }

  private static float[] array(List<Float> values) {
    float[] array = new float[values.size()];
    for (int at = 0; at < array.length; at++) {
      array[at] = values.get(at);
    }

    return array;
  }

  private void readFeature() throws BrokenJsonException {
    if (json.early("field").filter(fields.negate()).isPresent()) {
      json.skip();
    } else {
      features.add(feature());
    }
  }

  private FeatureProfile feature() throws BrokenJsonException {
    Members members =
        new Members()
            .read(
                Set.of(
                    "feature",
                    "field",
                    "missing",
                    "unseen",
                    "contributions",
                    BinCounts.COUNTS,
                    NumberBins.EDGES,
                    CategoryBins.CODES,
                    CategoryBins.VALUES),
                Set.of("feature", "field", "missing", "unseen"));
    return new FeatureProfile(
        members.texts.get("feature"),
        members.texts.get("field"),
        members.counts.get("missing"),
        members.counts.get("unseen"),
        members.bins(),
        members.contributions);
  }

  private OutputProfile output() throws BrokenJsonException {
    Members members =
        new Members()
            .read(
                Set.of("output", "mean", "above", BinCounts.COUNTS, NumberBins.EDGES),
                Set.of("output", "mean"));
    return new OutputProfile(
        members.texts.get("output"),
        members.numbers.get("mean"),
        members.counts.containsKey("above")
            ? OptionalLong.of(members.counts.get("above"))
            : OptionalLong.empty(),
        members.bins());
  }

  private MarginProfile margin() throws BrokenJsonException {
    Members members =
        new Members().read(Set.of("mean", "base", "deviation"), Set.of("mean", "base"));
    return new MarginProfile(
        members.numbers.get("mean"),
        members.numbers.get("base"),
        members.numbers.containsKey("deviation")
            ? OptionalDouble.of(members.numbers.get("deviation"))
            : OptionalDouble.empty());
  }
}
