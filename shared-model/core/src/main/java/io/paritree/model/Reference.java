package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.ModelException;
import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.feature.TableColumn;
import io.paritree.feature.VocabularyFeature;
import io.paritree.json.BrokenJsonException;
import io.paritree.model.layout.PackageFiles;
import io.paritree.model.manifest.Manifest;
import io.paritree.model.manifest.Outputs;
import io.paritree.model.manifest.SealedValues;
import io.paritree.profile.BinCounts;
import io.paritree.profile.CategoryBins;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.NumberBins;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import io.paritree.profile.ScoreHistogram;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the reference of a package, and refuses one that is not of its model.
 *
 * @param margins the number of the model's margins
 */
record Reference(Schema schema, Outputs outputs, int margins) {
  /** As many as a double counts without rounding; sums of counts cannot overflow. */
  private static final long MAX_ROWS = 1L << 53;

  /** Returns the reference; empty if the package has none. */
  Optional<Profile> of(ModelFiles files, Manifest manifest) throws ModelException {
    String name = PackageFiles.REFERENCE;
    if (!manifest.hasReference()) {
      if (files.names().contains(name)) {
        throw new CorruptModelException(
            "Cannot open model package %s: it has the file '%s', which a package of its format does not have"
                .formatted(files.origin(), name));
      }

      return manifest.sealedValues().map(this::withoutBins);
    }

    byte[] content = Opening.sealedFile(files, name);
    String origin = files.origin() + "/" + name;
    if (content.length > PackageFiles.MAX_REFERENCE_BYTES) {
      throw new CorruptModelException(
          "Cannot read %s: it has %s bytes, expected at most %s"
              .formatted(origin, content.length, PackageFiles.MAX_REFERENCE_BYTES));
    }

    try {
      Profile reference = Profile.fromJson(origin, content);
      new Check(origin, reference).all();
      return Optional.of(reference);
    } catch (BrokenJsonException e) {
      throw new CorruptModelException(e.getMessage(), e);
    }
  }

  /** Returns what a package of format 2 says of its rows. */
  private Profile withoutBins(SealedValues sealed) {
    List<FeatureProfile> features = new ArrayList<>();
    for (Feature feature : schema.features()) {
      features.add(
          new FeatureProfile(
              feature.name(),
              feature.column(),
              sealed.missing().get(feature.name()),
              sealed.unseen().get(feature.name()),
              Optional.empty(),
              List.of()));
    }

    return new Profile(
        sealed.rows(), sealed.rows(), 0, 0, features, List.of(), List.of(), Map.of());
  }

  /** Checks a profile. */
  private final class Check {
    private final String origin;
    private final Profile profile;

    private Check(String origin, Profile profile) {
      this.origin = origin;
      this.profile = profile;
    }

    void all() throws CorruptModelException {
      count("/rows", profile.rows(), MAX_ROWS);
      count("/scored", profile.scored(), profile.rows());
      count("/sampled", profile.sampled(), profile.scored());
      count("/explained", profile.explained(), profile.scored());
      if (profile.rows() == 0) {
        throw refused("/rows", "0", "1 or more");
      }

      size("/features", profile.features(), schema.width());
      for (int slot = 0; slot < schema.width(); slot++) {
        feature(slot, profile.features().get(slot));
      }

      size("/outputs", profile.outputs(), outputs.names().size());
      for (int output = 0; output < outputs.names().size(); output++) {
        output(output, profile.outputs().get(output));
      }

      size("/margins", profile.margins(), profile.explained() == 0 ? 0 : margins);
      faults();
    }

    private void feature(int slot, FeatureProfile got) throws CorruptModelException {
      String place = "/features/" + slot;
      Feature feature = schema.features().get(slot);
      name(place + "/feature", got.feature(), feature.name());
      name(place + "/field", got.field(), feature.column());
      count(place + "/missing", got.missing(), profile.rows());
      count(place + "/unseen", got.unseen(), profile.rows());
      boolean isExplained = slot < schema.modelWidth() && !profile.margins().isEmpty();
      size(place + "/contributions", got.contributions(), isExplained ? margins : 0);
      if (got.bins().isPresent()) {
        BinCounts bins = got.bins().get();
        total(place + "/counts", bins, profile.sampled());
        boolean isOfCategories = bins.bins() instanceof CategoryBins;
        Optional<TableColumn> column = TableColumn.of(schema, slot);
        boolean isCategory =
            column.map(own -> !own.isOfSteps()).orElse(feature.kind().isCategory());
        if (isOfCategories != isCategory) {
          throw refused(
              place,
              isOfCategories ? "bins of categories" : "bins between edges",
              isOfCategories ? "bins between edges" : "bins of categories");
        }

        if (bins.bins() instanceof CategoryBins categories) {
          Optional<List<?>> values =
              feature instanceof VocabularyFeature category
                  ? Optional.of(category.vocabulary())
                  : column.map(TableColumn::values);
          categories(place + "/codes", values, categories);
        }
      }
    }

    private void categories(String place, Optional<List<?>> values, CategoryBins bins)
        throws CorruptModelException {
      for (int bin = 0; bin < bins.codes().size(); bin++) {
        int code = bins.codes().get(bin);
        String expected = String.valueOf(code);
        if (values.isPresent()) {
          if (code >= values.get().size()) {
            throw refused(place, expected, "a code below " + values.get().size());
          }

          expected = String.valueOf(values.get().get(code));
        }

        name(place + "/" + bin, bins.values().get(bin), expected);
      }
    }

    private void output(int output, OutputProfile got) throws CorruptModelException {
      String place = "/outputs/" + output;
      name(place + "/output", got.output(), outputs.names().get(output));
      boolean hasThreshold = outputs.kind() == Outputs.Kind.BINARY;
      if (got.above().isPresent() != hasThreshold) {
        throw refused(
            place + "/above",
            hasThreshold ? "nothing" : "a count",
            hasThreshold ? "a count" : "nothing, because there is no threshold");
      }

      count(place + "/above", got.above().orElse(0), profile.scored());
      if (got.bins().isPresent()) {
        total(place + "/counts", got.bins().get(), profile.scored());
        if (!(got.bins().get().bins() instanceof NumberBins bins)) {
          throw refused(place, "bins of categories", "bins between edges");
        }

        for (float edge : bins.edges()) {
          if (ScoreHistogram.border(edge) != edge) {
            throw refused(place + "/edges", edge, ScoreHistogram.border(edge));
          }
        }
      }
    }

    private void faults() throws CorruptModelException {
      for (Map.Entry<String, Map<String, Long>> field : profile.faults().entrySet()) {
        boolean isKnown =
            field.getKey().isEmpty()
                || schema.features().stream()
                    .anyMatch(feature -> feature.column().equals(field.getKey()));
        if (!isKnown) {
          throw refused("/faults", quoted(field.getKey()), "a field of the model");
        }

        for (long rows : field.getValue().values()) {
          count("/faults", rows, profile.rows());
        }
      }
    }

    private void total(String place, BinCounts bins, long expected) throws CorruptModelException {
      for (long count : bins.counts()) {
        count(place, count, expected);
      }

      if (bins.total() != expected) {
        throw refused(place, "counts of " + bins.total() + " rows", expected);
      }
    }

    private void count(String place, long got, long most) throws CorruptModelException {
      if (got > most) {
        throw refused(place, got, "at most " + most);
      }
    }

    private void size(String place, List<?> got, int expected) throws CorruptModelException {
      if (got.size() != expected) {
        throw refused(place, got.size() + " of them", expected + ", as the model has");
      }
    }

    private void name(String place, String got, String expected) throws CorruptModelException {
      if (!got.equals(expected)) {
        throw refused(place, quoted(got), quoted(expected));
      }
    }

    private String quoted(String text) {
      return "'%s'".formatted(Fault.printable(text));
    }

    private CorruptModelException refused(String place, Object got, Object expected) {
      return new CorruptModelException(
          "Cannot read %s at %s: got %s, expected %s".formatted(origin, place, got, expected));
    }
  }
}
