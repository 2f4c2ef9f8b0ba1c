import pytest

from lunarchain.industry.network import commodity_class, family, mass_kt, processes, resources


def test_model_units_leave_the_tabled_figures_as_they_are(facts):
    network = processes(facts, "highland")
    assert network["P04_sequential"].electricity_gwh == pytest.approx(45)  # kWh/kg is GWh/kt
    assert network["P01"].electricity_gwh == pytest.approx(0.010)  # 10 kWh/t
    assert network["P09"].unit == "km**2"
    assert network["P09"].electricity_gwh == pytest.approx(80)  # kWh/m2 is GWh/km2
    assert network["P15"].inputs["pv"] == pytest.approx(5)  # m2/kW is km2/GW
    assert mass_kt(facts, "pv") == pytest.approx(0.46)


def test_each_tap_has_its_own_name_per_mode_and_its_own_takers(facts):
    network = processes(facts, "highland")
    assert set(network["P05_high_al"].inputs) == {"al_tap_high_al"}
    assert network["P05_high_al"].electricity_gwh == network["P05_sequential"].electricity_gwh
    assert not network["P05_sequential"].optional
    assert network["P05_high_al"].optional
    takers = {p.id for p in network.values() if "al_tap_sequential" in p.inputs}
    assert takers == {"P05_sequential", "P05b_sequential"}


def test_scrap_of_part_making_returns_to_its_own_tap(facts):
    network = processes(facts, "highland")
    assert network["P10a_sequential"].outputs["al_tap_sequential"] == pytest.approx(0.09)
    assert network["P10b_high_al"].outputs["fe_tap_high_al"] == pytest.approx(0.09)


def test_a_row_set_like_another_takes_its_plant_but_not_its_streams(facts):
    network = processes(facts, "highland")
    scrap, tap = network["P04_scrap"], network["P04_sequential"]
    assert (scrap.plant_kt, scrap.life_yr, scrap.electricity_gwh) == (tap.plant_kt, tap.life_yr, 45.0)
    assert "si_tap_sequential" not in scrap.inputs


def test_optional_processes_are_marked(facts):
    optional = {p.id for p in processes(facts, "highland").values() if p.optional}
    assert {"P03b", "P03c", "P03d", "P03e", "P16", "P17", "P18", "P19", "P20", "P21_sequential"} <= optional
    assert not optional & {"P01", "P03a", "P09", "P12", "P15"}


def test_classes_tell_imports_wastes_and_products(facts):
    assert commodity_class(facts, "imp_compute") == "import"
    assert commodity_class(facts, "oversize") == "waste"
    assert commodity_class(facts, "slag_high_al") == "by_product"
    assert commodity_class(facts, "radiator") == "product"
    assert resources(facts) == ["regolith_insitu", "icy_regolith"]
    assert family(facts, "al_tap_high_al") == "al_tap"


def test_every_commodity_of_the_network_has_a_class(facts):
    for process in processes(facts, "mare_low_ti").values():
        for name in (*process.inputs, *process.outputs):
            assert commodity_class(facts, name)


def test_wastes_are_taken_by_no_process(facts):
    taken = {name for p in processes(facts, "highland").values() for name in p.inputs}
    assert not [name for name in taken if commodity_class(facts, name) == "waste"]


def test_ranges_of_the_table_can_be_asked_for(facts):
    heavy = processes(facts.override({"processes.P09.plant": "high"}), "highland")["P09"]
    assert heavy.plant_kt == pytest.approx(5.0)
