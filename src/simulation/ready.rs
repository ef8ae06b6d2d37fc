//! Ready-made things as lists of simple objects: freight containers and a suitcase. Their middle is the
//! object's position; sizes are those of ISO 668 containers, sheet and rail thicknesses those of
//! common ones.

use super::scene::{Axis, Form, Model, Object, Shape};
use super::solid::Vector;
use super::texture::Texture;

/// Sheet of a container's walls and roof in mm.
const SHEET: f64 = 2.0;
/// Height of the cross members under the floor in mm.
const MEMBER: f64 = 122.0;
/// From one cross member to the next in mm.
const MEMBER_STEP: f64 = 300.0;
/// Thickness of the wooden floor in mm.
const FLOOR: f64 = 28.0;
/// Insulation of a reefer's walls in mm.
const INSULATION: f64 = 70.0;
/// Length of a reefer's machine in mm.
const MACHINE: f64 = 420.0;
/// Size of a suitcase without `size_mm`.
const SUITCASE: Vector = [680.0, 440.0, 270.0];

/// The parts of something whose middle stands at `middle`.
struct Parts {
    middle: Vector,
    list: Vec<Object>,
}

impl Parts {
    /// Adds an object of a material at a place from the middle.
    fn put(&mut self, shape: Shape, material: &str, at: Vector, size: Vector) -> &mut Object {
        self.list.push(Object {
            shape,
            material: Some(material.to_owned()),
            position_mm: std::array::from_fn(|k| self.middle[k] + at[k]),
            size_mm: Some(size),
            ..Object::default()
        });
        // The list is not empty: its last one was just put there.
        let last = self.list.len() - 1;
        &mut self.list[last]
    }

    fn plate(&mut self, material: &str, at: Vector, size: Vector) -> &mut Object {
        self.put(Shape::Box, material, at, size)
    }

    fn tube(&mut self, material: &str, at: Vector, size: Vector, wall: f64) -> &mut Object {
        let tube = self.put(Shape::Shell, material, at, size);
        tube.wall_mm = Some(wall);
        tube
    }
}

/// Length, height and width of a container.
fn container_size(model: Model) -> Vector {
    match model {
        Model::Twenty => [6058.0, 2591.0, 2438.0],
        Model::Forty => [12192.0, 2591.0, 2438.0],
        Model::Reefer => [12192.0, 2896.0, 2438.0],
    }
}

/// A steel container, doors at the right end.
pub(super) fn container(object: &Object) -> Vec<Object> {
    let size = object
        .size_mm
        .unwrap_or_else(|| container_size(object.model));
    let mut parts = Parts {
        middle: object.position_mm,
        list: Vec::new(),
    };
    under(&mut parts, size);
    walls(&mut parts, size);
    frame(&mut parts, size);
    if object.model == Model::Reefer {
        insulation(&mut parts, size);
    }
    parts.list
}

/// Cross members, bottom rails and the wooden floor.
fn under(parts: &mut Parts, [length, height, width]: Vector) {
    let bottom = -height / 2.0;
    let count = (length / MEMBER_STEP).floor();
    for i in 0..count as usize {
        let x = (i as f64 + 0.5) * length / count - length / 2.0;
        let web = [x, bottom + MEMBER / 2.0, 0.0];
        parts.plate("steel", web, [4.5, MEMBER, width - 100.0]);
        parts.plate(
            "steel",
            [x + 20.0, bottom + 3.0, 0.0],
            [40.0, 4.5, width - 100.0],
        );
    }
    for side in [-1.0, 1.0] {
        let at = [0.0, bottom + 80.0, side * (width / 2.0 - 3.0)];
        parts.plate("steel", at, [length, 160.0, 4.5]);
    }
    let floor = [0.0, bottom + MEMBER + FLOOR / 2.0, 0.0];
    parts.plate("wood", floor, [length - 40.0, FLOOR, width - 60.0]);
}

/// Side walls with their waves, roof, front wall and doors.
fn walls(parts: &mut Parts, [length, height, width]: Vector) {
    for side in [-1.0, 1.0] {
        let at = [0.0, 60.0, side * (width / 2.0 - 20.0)];
        let wall = parts.plate("steel", at, [length, height - 140.0, SHEET]);
        wall.texture = Some(Texture::Corrugation {
            period_mm: 278.0,
            amplitude: 0.35,
        });
    }
    parts.plate(
        "steel",
        [0.0, height / 2.0 - 10.0, 0.0],
        [length, SHEET, width],
    );
    let x = length / 2.0;
    parts.plate(
        "steel",
        [-x + 30.0, 0.0, 0.0],
        [SHEET, height - 100.0, width],
    );
    parts.plate(
        "steel",
        [x - 30.0, 0.0, 0.0],
        [SHEET, height - 100.0, width],
    );
    for z in [-900.0, -300.0, 300.0, 900.0] {
        let bar = parts.tube(
            "steel",
            [x + 5.0, 0.0, z],
            [34.0, height - 120.0, 34.0],
            3.0,
        );
        bar.form = Form::Cylinder;
    }
}

/// Corner posts, top rails and corner castings.
fn frame(parts: &mut Parts, [length, height, width]: Vector) {
    for side in [-1.0, 1.0] {
        let z = side * (width / 2.0 - 60.0);
        let rail = [0.0, height / 2.0 - 30.0, side * (width / 2.0 - 30.0)];
        parts.tube("steel", rail, [length, 60.0, 60.0], 3.0);
        for end in [-1.0, 1.0] {
            let x = end * (length / 2.0 - 75.0);
            parts.tube("steel", [x, 0.0, z], [150.0, height, 120.0], 6.0);
            for y in [-1.0, 1.0] {
                let at = [end * (length / 2.0 - 89.0), y * (height / 2.0 - 59.0), z];
                parts.tube("steel", at, [178.0, 118.0, 162.0], 12.0);
            }
        }
    }
}

/// Foam behind an aluminium lining, and the machine at the left end.
fn insulation(parts: &mut Parts, [length, height, width]: Vector) {
    let lined = INSULATION + 20.0;
    let inside = [
        length - MACHINE - 160.0,
        height - 330.0,
        width - 2.0 * lined,
    ];
    let at = [MACHINE / 2.0, 40.0, 0.0];
    for side in [-1.0, 1.0] {
        let z = side * (width / 2.0 - 25.0 - INSULATION / 2.0);
        parts.plate(
            "polyurethane foam",
            [at[0], at[1], z],
            [inside[0], inside[1], INSULATION],
        );
        let z = side * (width / 2.0 - lined - 5.0);
        parts.plate("aluminium", [at[0], at[1], z], [inside[0], inside[1], 1.5]);
    }
    let top = [at[0], height / 2.0 - 20.0 - INSULATION / 2.0, 0.0];
    parts.plate(
        "polyurethane foam",
        top,
        [inside[0], INSULATION, width - 60.0],
    );
    parts.plate(
        "aluminium",
        [at[0], -height / 2.0 + 190.0, 0.0],
        [inside[0], 28.0, inside[2]],
    );
    let left = -length / 2.0 + MACHINE;
    parts.plate(
        "polyurethane foam",
        [left, 0.0, 0.0],
        [INSULATION, height - 150.0, width - 80.0],
    );
    machine(parts, [-length / 2.0 + 230.0, 0.0, 0.0], height);
}

/// A reefer's cooling machine: compressor, coils, fan motor and control box.
fn machine(parts: &mut Parts, [x, _, _]: Vector, height: f64) {
    let low = -height / 2.0;
    parts.put(
        Shape::Cylinder,
        "steel",
        [x, low + 420.0, -500.0],
        [190.0, 380.0, 190.0],
    );
    parts.put(
        Shape::Cylinder,
        "copper",
        [x, low + 420.0, -500.0],
        [110.0, 200.0, 110.0],
    );
    let condenser = parts.plate("aluminium", [x, low + 1250.0, 0.0], [180.0, 700.0, 1500.0]);
    condenser.density = Some(0.35);
    let evaporator = parts.plate(
        "copper",
        [x, height / 2.0 - 520.0, 0.0],
        [220.0, 300.0, 1700.0],
    );
    evaporator.density = Some(0.5);
    let motor = parts.put(
        Shape::Cylinder,
        "steel",
        [x, low + 1950.0, 200.0],
        [170.0, 220.0, 170.0],
    );
    motor.density = Some(5.0);
    parts.tube("steel", [x, low + 820.0, 650.0], [260.0, 330.0, 420.0], 2.0);
}

/// A hard suitcase lying on its long side: shell, frame, telescopic handle at the left, wheels at the
/// right, feet, locks and hinges.
pub(super) fn suitcase(object: &Object) -> Vec<Object> {
    let [length, height, depth] = object.size_mm.unwrap_or(SUITCASE);
    let mut parts = Parts {
        middle: object.position_mm,
        list: Vec::new(),
    };
    parts.tube("polypropylene", [0.0; 3], [length, height, depth], 2.8);
    for y in [-1.0, 1.0] {
        parts.plate(
            "aluminium",
            [0.0, y * (height / 2.0 - 4.0), 0.0],
            [length - 20.0, 6.0, 14.0],
        );
    }
    for x in [-1.0, 1.0] {
        parts.plate(
            "aluminium",
            [x * (length / 2.0 - 4.0), 0.0, 0.0],
            [6.0, height - 20.0, 14.0],
        );
    }
    for y in [-70.0, 70.0] {
        let at = [-length / 2.0 + 250.0, y, depth / 2.0 - 20.0];
        let tube = parts.tube("aluminium", at, [500.0, 14.0, 20.0], 1.6);
        tube.axis = Axis::X;
    }
    let grip = [-length / 2.0 - 8.0, 0.0, depth / 2.0 - 20.0];
    parts.plate("nylon", grip, [22.0, 170.0, 26.0]);
    for y in [-1.0, 1.0] {
        for z in [-1.0, 1.0] {
            wheel(
                &mut parts,
                [
                    length / 2.0 + 16.0,
                    y * (height / 2.0 - 55.0),
                    z * (depth / 2.0 - 40.0),
                ],
            );
        }
    }
    for x in [-150.0, 150.0] {
        parts.plate("zinc", [x, height / 2.0 + 3.0, 0.0], [46.0, 12.0, 30.0]);
        parts.plate("steel", [x, -height / 2.0 - 2.0, 0.0], [50.0, 5.0, 26.0]);
    }
    parts.list
}

/// A wheel of rubber on a steel axle in its fork.
fn wheel(parts: &mut Parts, at: Vector) {
    let tyre = parts.put(Shape::Cylinder, "rubber", at, [46.0, 46.0, 22.0]);
    tyre.axis = Axis::Z;
    let axle = parts.put(Shape::Cylinder, "steel", at, [10.0, 10.0, 34.0]);
    axle.axis = Axis::Z;
    parts.plate("nylon", [at[0] - 22.0, at[1], at[2]], [20.0, 30.0, 34.0]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::physics::matter::Matter;

    #[test]
    fn ready_made_things_are_of_known_matter_and_within_their_size() {
        for (shape, model, most) in [
            (Shape::Container, Model::Twenty, 3060.0),
            (Shape::Container, Model::Forty, 6125.0),
            (Shape::Container, Model::Reefer, 6125.0),
            (Shape::Suitcase, Model::Twenty, 390.0),
        ] {
            let object = Object {
                shape,
                model,
                ..Object::default()
            };
            let parts = if shape == Shape::Suitcase {
                suitcase(&object)
            } else {
                container(&object)
            };
            assert!(parts.len() > 12);
            for part in parts {
                let name = part.material.clone().unwrap_or_default();
                assert!(
                    Matter::named(&name).is_ok_and(|m| m.density().is_some()),
                    "{name}"
                );
                let half = part.size_mm.unwrap_or_default()[0] / 2.0;
                assert!(part.position_mm[0].abs() + half <= most, "{part:?}");
            }
        }
    }
}
