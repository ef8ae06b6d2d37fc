//! Solids and where a ray is inside them: exact, in the solid's own coordinates.

use super::scene::{Form, Object, Shape};

/// A stretch of a ray: entry and exit in mm from its start.
pub(super) type Stretch = [f64; 2];

/// A point or direction: x, y, z.
pub(super) type Vector = [f64; 3];

/// A ray with a direction of length 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ray {
    /// Where it starts.
    pub(super) from: Vector,
    /// Where it goes.
    pub(super) along: Vector,
}

impl Ray {
    /// The point at `t` mm.
    pub(super) fn at(&self, t: f64) -> Vector {
        std::array::from_fn(|k| self.from[k] + t * self.along[k])
    }
}

/// A solid at its place.
#[derive(Debug, Clone)]
pub(super) struct Solid {
    form: Body,
    middle: Vector,
    /// Rows are the solid's own axes; `None` when it is not turned.
    axes: Option<[Vector; 3]>,
    half: Vector,
}

/// What the solid is within its own box.
#[derive(Debug, Clone)]
enum Body {
    Box,
    /// Along an own axis.
    Cylinder(usize),
    Sphere,
    /// A form without its inside, whose half sizes are given.
    Shell(Form, usize, Vector),
    Extrusion(Vec<[f64; 2]>),
}

impl Solid {
    /// The solid of an object of simple shape, moved by `offset`.
    pub(super) fn new(object: &Object, offset: Vector) -> Self {
        let axis = object.axis as usize;
        let mut half = object.size_mm.unwrap_or_default().map(|side| side / 2.0);
        let wall = object.wall_mm.unwrap_or_default();
        let form = match object.shape {
            Shape::Cylinder => Body::Cylinder(axis),
            Shape::Sphere => Body::Sphere,
            Shape::Shell => Body::Shell(object.form, axis, half.map(|side| side - wall)),
            Shape::Extrusion => {
                for k in 0..2 {
                    let reach = object.points_mm.iter().map(|point| point[k].abs());
                    half[k] = reach.fold(0.0, f64::max);
                }
                Body::Extrusion(object.points_mm.clone())
            }
            Shape::Box | Shape::Container | Shape::Suitcase => Body::Box,
        };
        Self {
            form,
            middle: std::array::from_fn(|k| object.position_mm[k] + offset[k]),
            axes: (object.rotation != [0.0; 3]).then(|| axes(object.rotation)),
            half,
        }
    }

    /// A point in the solid's own coordinates.
    pub(super) fn own(&self, point: Vector) -> Vector {
        self.turned(std::array::from_fn(|k| point[k] - self.middle[k]))
    }

    fn turned(&self, v: Vector) -> Vector {
        self.axes.map_or(v, |axes| axes.map(|axis| dot(axis, v)))
    }

    /// The corners of its box.
    pub(super) fn corners(&self) -> [Vector; 8] {
        std::array::from_fn(|i| {
            let sign = |k: usize| if i >> k & 1 == 0 { -1.0 } else { 1.0 };
            let own: Vector = std::array::from_fn(|k| sign(k) * self.half[k]);
            std::array::from_fn(|k| {
                let turned = self
                    .axes
                    .map_or(own[k], |axes| (0..3).map(|j| axes[j][k] * own[j]).sum());
                self.middle[k] + turned
            })
        })
    }

    /// Puts the stretches of `ray` inside the solid into `found`, in order.
    pub(super) fn stretches(&self, ray: &Ray, found: &mut Vec<Stretch>) {
        found.clear();
        let own = Ray {
            from: self.own(ray.from),
            along: self.turned(ray.along),
        };
        match &self.form {
            Body::Box => found.extend(in_box(&own, self.half)),
            Body::Cylinder(axis) => found.extend(in_cylinder(&own, self.half, *axis)),
            Body::Sphere => found.extend(in_sphere(&own, self.half)),
            Body::Shell(form, axis, inner) => {
                let within = |half: Vector| match form {
                    Form::Box => in_box(&own, half),
                    Form::Cylinder => in_cylinder(&own, half, *axis),
                    Form::Sphere => in_sphere(&own, half),
                };
                let hollow = inner.iter().all(|side| *side > 0.0);
                match (within(self.half), hollow.then(|| within(*inner)).flatten()) {
                    (Some([a, b]), Some([c, d])) => found.extend([[a, c], [d, b]]),
                    (whole, _) => found.extend(whole),
                }
            }
            Body::Extrusion(points) => in_extrusion(&own, points, self.half[2], found),
        }
    }
}

/// The own axes of something turned about x, then y, then z, by degrees.
fn axes(rotation: [f64; 3]) -> [Vector; 3] {
    let [(sx, cx), (sy, cy), (sz, cz)] = rotation.map(|angle| angle.to_radians().sin_cos());
    [
        [cz * cy, sz * cy, -sy],
        [cz * sy * sx - sz * cx, sz * sy * sx + cz * cx, cy * sx],
        [cz * sy * cx + sz * sx, sz * sy * cx - cz * sx, cy * cx],
    ]
}

fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Between the planes at `-half` and `half` of one axis; an endless stretch for a ray along them
/// that lies between.
fn between(from: f64, along: f64, half: f64) -> Option<Stretch> {
    if along == 0.0 {
        return (from.abs() < half).then_some([f64::NEG_INFINITY, f64::INFINITY]);
    }
    let (a, b) = ((-half - from) / along, (half - from) / along);
    Some([a.min(b), a.max(b)])
}

fn both(a: Stretch, b: Stretch) -> Option<Stretch> {
    let stretch = [a[0].max(b[0]), a[1].min(b[1])];
    (stretch[0] < stretch[1]).then_some(stretch)
}

fn in_box(ray: &Ray, half: Vector) -> Option<Stretch> {
    let side = |k: usize| between(ray.from[k], ray.along[k], half[k]);
    both(both(side(0)?, side(1)?)?, side(2)?)
}

/// Where `|from + t along| < 1`, in the coordinates given.
fn in_unit(from: &[f64], along: &[f64]) -> Option<Stretch> {
    let sum = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let (a, b, c) = (sum(along, along), sum(from, along), sum(from, from) - 1.0);
    if a == 0.0 {
        return (c < 0.0).then_some([f64::NEG_INFINITY, f64::INFINITY]);
    }
    let root = (b * b - a * c).max(0.0).sqrt();
    (b * b > a * c).then(|| [(-b - root) / a, (-b + root) / a])
}

fn in_sphere(ray: &Ray, half: Vector) -> Option<Stretch> {
    let scaled = |v: Vector| -> Vector { std::array::from_fn(|k| v[k] / half[k]) };
    in_unit(&scaled(ray.from), &scaled(ray.along))
}

fn in_cylinder(ray: &Ray, half: Vector, axis: usize) -> Option<Stretch> {
    let across = [(axis + 1) % 3, (axis + 2) % 3];
    let scaled = |v: Vector| across.map(|k| v[k] / half[k]);
    both(
        in_unit(&scaled(ray.from), &scaled(ray.along))?,
        between(ray.from[axis], ray.along[axis], half[axis])?,
    )
}

/// A polygon drawn out along z: what the crossed edges bound, in pairs, within its depth.
fn in_extrusion(ray: &Ray, points: &[[f64; 2]], half: f64, found: &mut Vec<Stretch>) {
    let Some(depth) = between(ray.from[2], ray.along[2], half) else {
        return;
    };
    let along = [ray.along[0], ray.along[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    let edges = (0..points.len()).map(|i| [points[i], points[(i + 1) % points.len()]]);
    // A ray along z meets a point of the polygon; its crossings are those of a line along x.
    let upright = length == 0.0;
    let line = if upright { [1.0, 0.0] } else { along };
    let mut crossings: Vec<f64> = edges
        .filter_map(|edge| {
            let [a, b] = edge.map(|p| [p[0] - ray.from[0], p[1] - ray.from[1]]);
            let (side_a, side_b) = (
                line[0] * a[1] - line[1] * a[0],
                line[0] * b[1] - line[1] * b[0],
            );
            if (side_a > 0.0) == (side_b > 0.0) {
                return None;
            }
            let share = side_a / (side_a - side_b);
            let at = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
            let norm = if upright { 1.0 } else { length };
            Some((at[0] * line[0] + at[1] * line[1]) / norm)
        })
        .collect();
    if upright {
        if crossings.iter().filter(|t| **t > 0.0).count() % 2 == 1 {
            found.push(depth);
        }
        return;
    }
    crossings.sort_by(f64::total_cmp);
    let pairs = crossings.chunks_exact(2);
    found.extend(pairs.filter_map(|pair| both([pair[0], pair[1]], depth)));
}

#[cfg(test)]
mod tests {
    use super::super::scene::Axis;
    use super::*;

    fn object(shape: Shape, size: [f64; 3]) -> Object {
        Object {
            shape,
            size_mm: Some(size),
            ..Object::default()
        }
    }

    /// Length inside of a ray from far away through `point`.
    fn length(object: &Object, point: Vector, along: Vector) -> f64 {
        let norm = dot(along, along).sqrt();
        let along = along.map(|v| v / norm);
        let ray = Ray {
            from: std::array::from_fn(|k| point[k] - 1e4 * along[k]),
            along,
        };
        let mut found = Vec::new();
        Solid::new(object, [0.0; 3]).stretches(&ray, &mut found);
        found.iter().map(|[a, b]| b - a).sum()
    }

    fn close(got: f64, want: f64) {
        assert!(
            (got - want).abs() < 1e-6 * want.abs().max(1.0),
            "{got} {want}"
        );
    }

    #[test]
    fn boxes() {
        let mut one = object(Shape::Box, [40.0, 20.0, 10.0]);
        close(length(&one, [0.0; 3], [0.0, 0.0, 1.0]), 10.0);
        close(length(&one, [0.0; 3], [0.0, 1.0, 1.0]), 10.0 * 2_f64.sqrt());
        close(length(&one, [25.0, 0.0, 0.0], [0.0, 0.0, 1.0]), 0.0);
        // Turned by 90 degrees about y its width lies along the beam.
        one.rotation = [0.0, 90.0, 0.0];
        close(length(&one, [0.0; 3], [0.0, 0.0, 1.0]), 40.0);
        one.rotation = [45.0, 0.0, 0.0];
        close(length(&one, [0.0; 3], [0.0, 0.0, 1.0]), 10.0 * 2_f64.sqrt());
    }

    #[test]
    fn balls_and_cylinders_by_their_chords() {
        let ball = object(Shape::Sphere, [20.0; 3]);
        for y in [0.0_f64, 3.0, 9.0] {
            let chord = 2.0 * (100.0 - y * y).sqrt();
            close(length(&ball, [0.0, y, 0.0], [0.0, 0.0, 1.0]), chord);
        }
        close(length(&ball, [0.0, 10.5, 0.0], [0.0, 0.0, 1.0]), 0.0);
        let mut cylinder = object(Shape::Cylinder, [20.0, 100.0, 20.0]);
        close(length(&cylinder, [6.0, 0.0, 0.0], [0.0, 0.0, 1.0]), 16.0);
        close(length(&cylinder, [0.0; 3], [0.0, 1.0, 0.0]), 100.0);
        close(
            length(&cylinder, [0.0; 3], [0.0, 3.0, 4.0]),
            20.0 * 5.0 / 4.0,
        );
        cylinder.axis = Axis::X;
        cylinder.size_mm = Some([100.0, 20.0, 20.0]);
        close(length(&cylinder, [49.0, 8.0, 0.0], [0.0, 0.0, 1.0]), 12.0);
    }

    #[test]
    fn shells_have_two_walls() {
        let mut shell = object(Shape::Shell, [100.0, 60.0, 40.0]);
        shell.wall_mm = Some(2.0);
        close(length(&shell, [0.0; 3], [0.0, 0.0, 1.0]), 4.0);
        close(length(&shell, [49.0, 0.0, 0.0], [0.0, 0.0, 1.0]), 40.0);
        shell.form = Form::Sphere;
        shell.size_mm = Some([40.0; 3]);
        close(length(&shell, [0.0; 3], [0.0, 1.0, 1.0]), 4.0);
        shell.wall_mm = Some(30.0);
        close(length(&shell, [0.0; 3], [0.0, 0.0, 1.0]), 40.0);
    }

    #[test]
    fn extrusions_of_hollow_outlines() {
        let mut outline = object(Shape::Extrusion, [1.0, 1.0, 30.0]);
        // A U: two legs of 10 beside a gap of 10, on a foot of 10.
        outline.points_mm = vec![
            [-15.0, -15.0],
            [15.0, -15.0],
            [15.0, 15.0],
            [5.0, 15.0],
            [5.0, -5.0],
            [-5.0, -5.0],
            [-5.0, 15.0],
            [-15.0, 15.0],
        ];
        close(length(&outline, [10.0, 5.0, 0.0], [0.0, 0.0, 1.0]), 30.0);
        close(length(&outline, [0.0, 5.0, 0.0], [0.0, 0.0, 1.0]), 0.0);
        close(length(&outline, [0.0, -10.0, 0.0], [0.0, 0.0, 1.0]), 30.0);
        close(length(&outline, [0.0, 5.0, 0.0], [1.0, 0.0, 0.0]), 20.0);
        close(length(&outline, [0.0, 0.0, 0.0], [0.0, 1.0, 0.0]), 10.0);
        // A slanted ray leaves through the depth: 15 mm either way of the middle.
        close(
            length(&outline, [0.0, -10.0, 0.0], [1.0, 0.0, 2.0]),
            15.0 * 5_f64.sqrt(),
        );
    }

    #[test]
    fn turning_keeps_the_corners_at_their_distance() {
        let mut one = object(Shape::Box, [40.0, 20.0, 10.0]);
        one.position_mm = [100.0, 50.0, 0.0];
        one.rotation = [20.0, 30.0, 40.0];
        let solid = Solid::new(&one, [1.0, 0.0, 0.0]);
        let half = (20_f64.powi(2) + 10_f64.powi(2) + 5_f64.powi(2)).sqrt();
        for corner in solid.corners() {
            let own = solid.own(corner);
            close(dot(own, own).sqrt(), half);
            close(own[0].abs(), 20.0);
        }
    }
}
