//! A scene's objects as solids at their places: copies made, ready-made things taken apart, materials
//! looked up once.

use toml::Spanned;

use super::ready;
use super::scene::{Fault, Object, Scene, Shape};
use super::solid::Solid;
use super::texture::Texture;
use crate::messages::{arg, say};
use crate::physics::matter::Matter;
use crate::text::Safe;

/// The material word that takes matter away.
const VOID: &str = "void";

/// A solid of a scene.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    /// Its shape and place.
    pub(super) solid: Solid,
    /// Index of its material; `None` for a void.
    pub(super) material: Option<usize>,
    /// Its density in g/cm3.
    pub(super) density: f64,
    /// Index of the thing that it belongs to, where that has a label or is a calibration block.
    pub(super) thing: Option<usize>,
    /// What makes it uneven.
    pub(super) texture: Option<Texture>,
}

/// Something that the ground truth names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Thing {
    /// Its label; `None` for a calibration block without one.
    pub(super) label: Option<String>,
    /// The material of a calibration block.
    pub(super) block: Option<String>,
}

/// The contents of a scene.
#[derive(Debug, Clone, Default)]
pub(super) struct Contents {
    /// In the order of the file: a later one takes the place of earlier ones.
    pub(super) solids: Vec<Placed>,
    /// The materials, by index.
    pub(super) materials: Vec<Matter>,
    /// What the ground truth names.
    pub(super) things: Vec<Thing>,
}

impl Contents {
    /// The contents of `scene`.
    ///
    /// # Errors
    /// The first material that is not known, or formula without density, with its line.
    pub(super) fn of(scene: &Scene) -> Result<Self, Fault> {
        let mut contents = Self::default();
        for written in &scene.object {
            let placed = contents.add(written);
            placed.map_err(|why| scene.fault(written, why))?;
        }
        Ok(contents)
    }

    fn add(&mut self, written: &Spanned<Object>) -> Result<(), Safe> {
        let object = written.get_ref();
        let parts = match object.shape {
            Shape::Container => ready::container(object),
            Shape::Suitcase => ready::suitcase(object),
            _ => vec![object.clone()],
        };
        let offsets: Vec<[f64; 3]> = object
            .repeat
            .map_or_else(|| vec![[0.0; 3]], |repeat| repeat.offsets().collect());
        for offset in offsets {
            let thing = self.thing(object);
            for part in &parts {
                let (material, density) = self.matter(part)?;
                self.solids.push(Placed {
                    solid: Solid::new(part, offset),
                    material,
                    density,
                    thing,
                    texture: part.texture,
                });
            }
        }
        Ok(())
    }

    /// What the ground truth calls one copy of an object.
    fn thing(&mut self, object: &Object) -> Option<usize> {
        let block = object.material.clone().filter(|_| object.calibration);
        (object.label.is_some() || block.is_some()).then(|| {
            self.things.push(Thing {
                label: object.label.clone(),
                block,
            });
            self.things.len() - 1
        })
    }

    /// The index and density of an object's material.
    fn matter(&mut self, object: &Object) -> Result<(Option<usize>, f64), Safe> {
        let name = object.material.as_deref().unwrap_or(VOID);
        if name == VOID {
            return Ok((None, 0.0));
        }
        let matter = Matter::named(name).map_err(|problem| problem.message())?;
        let density = object.density.or(matter.density()).ok_or_else(|| {
            let name = Safe::from_outside(name);
            say("scene-density", &[arg("material", &name)])
        })?;
        let known = self
            .materials
            .iter()
            .position(|m| m.name() == matter.name());
        let index = known.unwrap_or_else(|| {
            self.materials.push(matter);
            self.materials.len() - 1
        });
        Ok((Some(index), density))
    }
}
