package io.mdevmigration.node.inventory;

import static java.util.Objects.requireNonNull;

import io.mdevmigration.crds.Inventory;
import io.mdevmigration.crds.OfferedType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a node publishes, and what its parents can be asked.
 *
 * @param published the inventory
 * @param offers type to the parents that offer it, sorted by parent; parents that could not be read
 *     are among them, as they were published before
 */
public record NodeInventory(Inventory published, Map<String, List<Offer>> offers) {
  public NodeInventory {
    requireNonNull(published, "published");
    offers = Map.copyOf(offers);
  }

  /** The parents that offer a type; empty if none does. */
  public List<Offer> offersOf(String type) {
    return offers.getOrDefault(type, List.of());
  }

  /** The revision under which a type is published, if it has one. */
  public Optional<String> revision(String type) {
    return published.type(type).map(OfferedType::revision);
  }
}
